package admin

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"weir/admin/auth"
	"weir/internal/testenv"
	"weir/route"
)

// eachOperation calls do for every operation of the document, with a path that
// names things.
func eachOperation(t *testing.T, h *harness, do func(method, path string)) {
	t.Helper()
	for _, o := range readDocument(t, h).operations() {
		do(o.method, strings.NewReplacer("{kind}", "service", "{name}", "web").Replace(o.path))
	}
}

// TestEveryOperationAsksWhoAsks: nothing of the API or of fabio's is open by
// mistake, and no role is more than it is, whatever is added to the API.
func TestEveryOperationAsksWhoAsks(t *testing.T) {
	h := serve(t, twoVersions, func(a *Admin) { a.Auth = login(t, auth.Config{}); a.Peers = &fleet{} })
	bodies := map[string]string{
		"PUT /api/v1/weights/service/web": canaryAt5, "PUT /api/v1/weights/route/web": canaryAt5,
		"POST /api/v1/cutover":     `{"scope":"service/web","variant":"canary"}`,
		"PUT /api/v1/policies/web": `{"text":"service: web"}`, "PUT /api/v1/override": `{"text":""}`,
	}
	isOpenTo := func(path string) bool { return strings.Contains("/api/v1/me /api/v1/login /api/v1/logout", path) }
	check := func(method, path string) {
		body := bodies[method+" "+path]
		if body == "" && method != http.MethodGet {
			body = "{}"
		}
		if method == http.MethodGet {
			body = ""
		}
		if r := h.ask(t, method, path, body); r.status != 401 && !isOpenTo(path) {
			t.Errorf("%s %s without a login: %d %s", method, path, r.status, r.body)
		}
		reads := method == http.MethodGet || changesNothing(path) || isOpenTo(path)
		if r := h.ask(t, method, path, body, "Authorization: Bearer wt_viewer"); !reads && r.status != 403 {
			t.Errorf("%s %s of a viewer: %d %s", method, path, r.status, r.body)
		}
		if !reads {
			other := strings.Replace(path, "/web", "/db", 1)
			otherBody := strings.NewReplacer("service/web", "service/db", "service: web", "service: db").Replace(body)
			if r := h.ask(t, method, other, otherBody, "Authorization: Bearer wt_web-admin"); r.status < 400 {
				t.Errorf("%s %s of somebody of another service: %d %s", method, other, r.status, r.body)
			}
		}
	}
	eachOperation(t, h, func(method, path string) {
		if path != "/api/v1/events" {
			check(method, path)
		}
	})
	for _, request := range []string{
		"GET /api/routes", "GET /api/config", "GET /api/version", "GET /api/paths", "GET /api/manual", "GET /api/manual/x", "PUT /api/manual",
		"GET /metrics", "GET /routes", "GET /manual", "POST /manual", "GET /api/v1/internal/counters", "GET /api/v1/nothing",
	} {
		method, path, _ := strings.Cut(request, " ")
		check(method, path)
	}
}

// TestPeersNeedNoRole as long as they know the secret of the fleet.
func TestPeersNeedNoRole(t *testing.T) {
	h := serve(t, twoVersions, func(a *Admin) { a.Auth = login(t, auth.Config{}); a.Peers = &fleet{proven: true} })
	if r := h.ask(t, http.MethodGet, peersPath, ""); r.status != 200 || r.body != "counted" {
		t.Error(r)
	}
	if r := h.ask(t, http.MethodGet, "/api/v1/routes", ""); r.status != 401 {
		t.Error("a proof is good for more than counters:", r.status)
	}
}

// session logs in and returns the header of the cookie and the CSRF value.
func (h *harness) session(t *testing.T, token string) (cookie, csrf string, set string) {
	t.Helper()
	r := h.ask(t, http.MethodPost, "/api/v1/login", `{"token":"`+token+`"}`)
	var me Me
	r.into(t, &me)
	set = r.header.Get("Set-Cookie")
	value, _, _ := strings.Cut(set, ";")
	return "Cookie: " + value, me.CSRF, set
}

func TestASessionNeedsMoreThanItsCookie(t *testing.T) {
	h := serve(t, twoVersions, func(a *Admin) { a.Auth = login(t, auth.Config{}) })
	cookie, csrf, set := h.session(t, "wt_operator")
	for _, want := range []string{"HttpOnly", "SameSite=Strict", "Path=/", "Expires="} {
		if !strings.Contains(set, want) {
			t.Errorf("%s is not in %s", want, set)
		}
	}
	otherCookie, otherCSRF, _ := h.session(t, "wt_operator")
	forged := cookie[:len(cookie)-2] + "xx"
	for name, c := range map[string]struct {
		headers []string
		status  int
	}{
		"all of it":                {[]string{cookie, "X-Weir-Csrf: " + csrf}, 200},
		"no CSRF value":            {[]string{cookie}, 403},
		"that of another session":  {[]string{cookie, "X-Weir-Csrf: " + otherCSRF}, 403},
		"another origin":           {[]string{cookie, "X-Weir-Csrf: " + csrf, "Origin: http://evil.test"}, 403},
		"a page of the same site":  {[]string{cookie, "X-Weir-Csrf: " + csrf, "Sec-Fetch-Site: same-site"}, 403},
		"a name that rebinds":      {[]string{cookie, "X-Weir-Csrf: " + csrf, "Host: evil.test"}, 403},
		"a cookie that was forged": {[]string{forged, "X-Weir-Csrf: " + csrf}, 401},
	} {
		if r := h.ask(t, http.MethodPut, "/api/v1/weights/service/web", canaryAt5, c.headers...); r.status != c.status {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	form := []string{otherCookie, "Content-Type: application/x-www-form-urlencoded"}
	if r := h.ask(t, http.MethodPost, "/manual/x", "version=0&value=", form...); r.status != 403 {
		t.Error("the form goes without a CSRF value:", r.status)
	}
	if r := h.ask(t, http.MethodPost, "/manual/x", "version=0&value=&csrf="+otherCSRF, form...); r.status != 200 {
		t.Error("the form does not go:", r.status, r.body)
	}
	if r := h.ask(t, http.MethodPost, "/api/v1/logout", "", cookie, "X-Weir-Csrf: "+csrf); r.status != 204 {
		t.Error(r)
	}
	if r := h.ask(t, http.MethodGet, "/api/v1/routes", "", cookie); r.status != 401 {
		t.Error("after the logout the cookie is still good:", r.status)
	}
}

// TestBruteForce: after some attempts a client waits, whichever name it tries,
// and who has a token is not kept out by that.
func TestBruteForce(t *testing.T) {
	hash, err := bcrypt.GenerateFromPassword([]byte("right"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "htpasswd")
	if err := os.WriteFile(file, append([]byte("alice:"), hash...), 0o600); err != nil {
		t.Fatal(err)
	}
	h := serve(t, twoVersions, func(a *Admin) {
		a.Auth = login(t, auth.Config{Htpasswd: file}, "people: [{name: alice, role: operator}]")
	})
	if r := h.ask(t, http.MethodPost, "/api/v1/login", `{"name":"alice","password":"right"}`); r.status != 200 {
		t.Fatal(r)
	}
	var last reply
	for i := range 30 {
		last = h.ask(t, http.MethodPost, "/api/v1/login", fmt.Sprintf(`{"name":"n%d","password":"guess"}`, i))
		if last.status == 429 {
			break
		}
	}
	if last.status != 429 || last.header.Get("Retry-After") == "" {
		t.Error("thirty attempts go:", last)
	}
	if r := h.ask(t, http.MethodPost, "/api/v1/login", `{"name":"alice","password":"wrong"}`); r.status != 429 {
		t.Error(r)
	}
	if r := h.ask(t, http.MethodGet, "/api/v1/routes", "", "Authorization: Bearer wt_viewer"); r.status != 200 {
		t.Error("a token is kept out:", r)
	}
}

// TestBruteForceBehindALoadBalancer: who guesses keeps nobody else out.
func TestBruteForceBehindALoadBalancer(t *testing.T) {
	h := serve(t, twoVersions, func(a *Admin) {
		a.Auth = login(t, auth.Config{Trusted: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	})
	guess := func(client string) reply {
		return h.ask(t, http.MethodPost, "/api/v1/login", `{"token":"wt_guess"}`, "X-Forwarded-For: "+client)
	}
	for guess("192.0.2.1").status != 429 {
	}
	if r := guess("192.0.2.2"); r.status != 401 {
		t.Error(r)
	}
}

// hostile is what somebody may put into tags, texts and header fields.
const hostile = `<script>alert(1)</script><img src=x onerror=alert(2)>"'&`

// TestNothingOfOthersIsMarkup: whatever tags and texts hold, it is data, of a
// type that no browser runs.
func TestNothingOfOthersIsMarkup(t *testing.T) {
	h := serve(t, twoVersions)
	h.source.Set([]route.Instance{{Service: "web", ID: hostile, Node: hostile, Address: "10.0.0.1", Port: 80, Up: true,
		Tags: []string{"urlprefix-web.test/x " + hostile, "urlprefix-x.test/ weight=" + hostile, hostile}}})
	if r := h.ask(t, http.MethodPut, "/api/v1/weights/service/web", `{"shares":{"canary":"5%"},"by":"<script>alert(1)</script>","reason":"<script>alert(1)</script>"}`); r.status != 200 {
		t.Fatal(r)
	}
	check := func(method, path string) {
		if method != http.MethodGet || path == "/api/v1/events" {
			return
		}
		r := h.ask(t, method, path, "")
		kind := r.header.Get("Content-Type")
		if r.header.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(r.header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: %v", path, r.header)
		}
		if strings.Contains(kind, "html") && strings.Contains(r.body, "<script>alert") || kind == "" && r.body != "" {
			t.Errorf("%s answers %s with markup of others:\n%s", path, kind, r.body)
		}
	}
	eachOperation(t, h, check)
	for _, path := range []string{
		"/routes", "/manual", "/manual/%3Cscript%3Ealert(1)%3C/script%3E", "/api/routes", "/api/paths", "/api/manual/%3Cscript%3Ealert(1)%3C/script%3E",
		"/api/v1/%3Cscript%3Ealert(1)%3C/script%3E", "/api/v1/routes?q=%3Cscript%3Ealert(1)%3C/script%3E&limit=x", "/health",
		"/api/v1/routes:explain?host=%3Cscript%3Ealert(1)%3C/script%3E", "/api/v1/weights/service/%3Cscript%3Ealert(1)%3C%2Fscript%3E",
	} {
		check(http.MethodGet, path)
	}
	r := h.ask(t, http.MethodGet, "/api/v1/routes", "", "X-Request-Id: "+hostile)
	if id := r.header.Get("X-Request-Id"); strings.ContainsAny(id, "<>\"") || id == "" {
		t.Errorf("request ID %q", id)
	}
}

// TestSecretsAreNotTold, neither in an answer nor in the log.
func TestSecretsAreNotTold(t *testing.T) {
	log := &testenv.Output{}
	h := serve(t, twoVersions, func(a *Admin) {
		a.Auth = login(t, auth.Config{})
		a.Log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	cookie, csrf, _ := h.session(t, "wt_admin")
	secrets := []string{"wt_admin", "wt_operator", "guessed-password", strings.TrimPrefix(cookie, "Cookie: weir_session=")}
	h.ask(t, http.MethodPost, "/api/v1/login", `{"name":"alice","password":"guessed-password"}`)
	h.ask(t, http.MethodPut, "/api/v1/weights/service/web", canaryAt5, cookie, "X-Weir-Csrf: "+csrf)
	h.ask(t, http.MethodGet, "/api/v1/routes", "", "Authorization: Bearer wt_operator-but-wrong")
	var told bytes.Buffer
	eachOperation(t, h, func(method, path string) {
		if method == http.MethodGet && path != "/api/v1/events" {
			told.WriteString(h.ask(t, method, path, "", cookie).body)
		}
	})
	told.WriteString(h.ask(t, http.MethodGet, "/api/config", "", cookie).body)
	for _, s := range secrets {
		if strings.Contains(told.String(), s) || strings.Contains(log.String(), s) {
			t.Errorf("%q is told", s)
		}
	}
	if !strings.Contains(log.String(), "login refused") {
		t.Error("the log does not tell of a login that was refused")
	}
}
