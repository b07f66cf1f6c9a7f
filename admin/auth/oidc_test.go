package auth

import (
	"crypto/tls"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"weir/internal/oidctest"
)

// site is a small server with a login by OIDC, at a provider made for tests.
type site struct {
	*httptest.Server
	auth     *Auth
	provider *oidctest.Provider
}

func startSite(t *testing.T, text string) *site {
	t.Helper()
	s := &site{provider: oidctest.Start(t, "weir", "hush")}
	mux := http.NewServeMux()
	s.Server = httptest.NewUnstartedServer(mux)
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	file := filepath.Join(t.TempDir(), "rules.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var err error
	s.auth, err = New(Config{File: file, Session: time.Hour, Log: slog.New(slog.DiscardHandler), OIDC: OIDC{
		Issuer: s.provider.URL, ClientID: "weir", ClientSecret: "hush", Redirect: s.URL + "/callback",
		Scopes: []string{"email"}, Claim: "email", Groups: "groups",
	}})
	if err != nil {
		t.Fatal(err)
	}
	answer := func(w http.ResponseWriter, err error) {
		if err != nil {
			http.Error(w, err.Error(), http.StatusForbidden)
		}
	}
	mux.HandleFunc("/login", func(w http.ResponseWriter, r *http.Request) { answer(w, s.auth.ToProvider(w, r, r.FormValue("to"))) })
	mux.HandleFunc("/callback", func(w http.ResponseWriter, r *http.Request) {
		to, err := s.auth.FromProvider(w, r)
		answer(w, err)
		w.Write([]byte("to " + to))
	})
	return s
}

// browser follows redirects and keeps cookies.
func (s *site) browser(t *testing.T) *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}
	return &http.Client{Jar: jar, Transport: transport}
}

func get(t *testing.T, c *http.Client, url string) (status int, body string, final *http.Request) {
	t.Helper()
	resp, err := c.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b := new(strings.Builder)
	if _, err := io.Copy(b, resp.Body); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, b.String(), resp.Request
}

// who is whom the cookies of a browser say it is.
func (s *site) who(t *testing.T, c *http.Client) (Identity, error) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, s.URL+"/", nil)
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, cookie := range c.Jar.Cookies(u) {
		r.AddCookie(cookie)
	}
	return s.auth.Identify(r)
}

const sre = "people: [{group: sre, via: oidc, role: operator, services: [web]}]"

func TestOIDCLogin(t *testing.T) {
	s := startSite(t, sre)
	s.provider.Claims = map[string]any{"email": "ann@example.com", "email_verified": true, "groups": []string{"sre", "other"}}
	c := s.browser(t)
	status, body, _ := get(t, c, s.URL+"/login?to=/ui/routes")
	if status != 200 || body != "to /ui/routes" {
		t.Fatal(status, body)
	}
	id, err := s.who(t, c)
	if err != nil || id.Name != "ann@example.com" || id.Via != ByOIDC || !id.May(Operator, "web") || id.May(Operator, "db") || id.Session.CSRF == "" {
		t.Errorf("%+v %v", id, err)
	}
	s.auth.Logout(httptest.NewRequest(http.MethodPost, "/", nil), id)
	if id, _ := s.who(t, c); id.Name != "" {
		t.Errorf("after the logout the cookie is still %s's", id.Name)
	}
}

// TestOIDCRefuses whom the provider does not vouch for.
func TestOIDCRefuses(t *testing.T) {
	good := map[string]any{"email": "ann@example.com", "email_verified": true, "groups": []string{"sre"}}
	with := func(key string, value any) map[string]any {
		all := map[string]any{key: value}
		for k, v := range good {
			if k != key {
				all[k] = v
			}
		}
		return all
	}
	for name, c := range map[string]struct {
		claims map[string]any
		spoil  func(*oidctest.Provider)
		want   string
	}{
		"no groups":             {with("groups", nil), nil, "is in no entry of ui.auth.file"},
		"no name":               {with("email", ""), nil, `no claim "email"`},
		"a name with a newline": {with("email", "a\nb"), nil, `no claim "email"`},
		"an unverified address": {with("email_verified", false), nil, "has not verified"},
		"another audience":      {with("aud", "somebody else"), nil, "is not good"},
		"another issuer":        {with("iss", "http://evil.test"), nil, "is not good"},
		"an old token":          {with("exp", time.Now().Add(-time.Hour).Unix()), nil, "is not good"},
		"another login's nonce": {with("nonce", "x"), nil, "is of another login"},
		"another key":           {good, func(p *oidctest.Provider) { p.WrongKey = true }, "is not good"},
		"an error":              {good, func(p *oidctest.Provider) { p.Error = "access_denied" }, "access_denied"},
		"another state":         {good, func(p *oidctest.Provider) { p.State = "x" }, "was not begun in this browser"},
		"another secret":        {good, func(p *oidctest.Provider) { p.Secret = "x" }, "does not take the code"},
	} {
		t.Run(name, func(t *testing.T) {
			s := startSite(t, sre)
			s.provider.Claims = c.claims
			if c.spoil != nil {
				c.spoil(s.provider)
			}
			b := s.browser(t)
			status, body, _ := get(t, b, s.URL+"/login?to=/")
			if status != 403 || !strings.Contains(body, c.want) {
				t.Errorf("%d %s, want %q", status, body, c.want)
			}
			if id, _ := s.who(t, b); id.Name != "" {
				t.Errorf("is let in as %s", id.Name)
			}
		})
	}
}

// TestALoginIsOfOneBrowser: who is sent to the callback with the code of an
// attacker does not become the attacker.
func TestALoginIsOfOneBrowser(t *testing.T) {
	s := startSite(t, sre)
	s.provider.Claims = map[string]any{"email": "ann@example.com", "email_verified": true, "groups": []string{"sre"}}
	attacker, victim := s.browser(t), s.browser(t)
	var stolen string
	attacker.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path == "/callback" {
			stolen = r.URL.String()
			return http.ErrUseLastResponse
		}
		return nil
	}
	get(t, attacker, s.URL+"/login")
	if status, body, _ := get(t, victim, stolen); status != 403 || !strings.Contains(body, "was not begun in this browser") {
		t.Error(status, body)
	}
	attacker.CheckRedirect = nil
	if status, body, _ := get(t, attacker, stolen); status != 200 {
		t.Error("whose it is cannot use it:", status, body)
	}
	if status, _, _ := get(t, attacker, stolen); status != 403 {
		t.Error("it works twice:", status)
	}
}

// TestAProviderThatIsAwayStopsNoStart: weir starts, and says what is wrong when
// somebody logs in.
func TestAProviderThatIsAwayStopsNoStart(t *testing.T) {
	s := startSite(t, sre)
	s.provider.Close()
	if status, body, _ := get(t, s.browser(t), s.URL+"/login"); status != 403 || !strings.Contains(body, "cannot ask the OIDC provider") {
		t.Error(status, body)
	}
}

func TestTheWayBackStaysHere(t *testing.T) {
	for to, want := range map[string]string{
		"/ui/": "/ui/", "": "/", "//evil.test": "/", "https://evil.test": "/", "/\\evil.test": "/", "javascript:x": "/", "/a\nb": "/", `/"><b>`: "/",
	} {
		if got := ownPath(to, "/"); got != want {
			t.Errorf("%q: %q", to, got)
		}
	}
}
