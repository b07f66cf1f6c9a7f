package admin

import (
	"errors"
	"maps"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"weir/admin/auth"
)

// maxBody bounds a request body in bytes. Consul's 512 KiB of override text
// may double when it is written as JSON.
const maxBody = 2 << 20

// guard refuses what must not reach the handlers, and tells those who asks.
type guard struct {
	admin    *Admin
	base     string // ui.path
	readOnly string // why writes are refused; empty when they are not
	cross    *http.CrossOriginProtection
	replays  replays
	next     http.Handler
}

func (g *guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	who := &asker{request: requestID(r), r: r}
	secure(w.Header(), r)
	w.Header().Set("X-Request-Id", who.request)
	var no *refusal
	who.dry = isDry(r)
	if who.Identity, no = g.identify(r); no == nil {
		who.locked, who.writes = g.readOnly, g.admin.whyNoWrites(g.readOnly, &who.Identity)
		no = g.refusal(r, who)
	}
	if no != nil {
		g.refuse(w, r, no)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	r = r.WithContext(withAsker(r.Context(), who))
	if r.Header.Get("Idempotency-Key") != "" && isWrite(r) && g.isAPI(r) && who.writes == "" {
		g.replays.serve(w, r, string(who.Via)+" "+who.Name, g.next)
		return
	}
	g.next.ServeHTTP(w, r)
}

// secure sets what every answer carries. Pages run no script but weir's own and
// load nothing from elsewhere.
func secure(h http.Header, r *http.Request) {
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	if r.TLS != nil {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// refusal is why a request is not served.
type refusal struct {
	*Failure
	header http.Header // to answer with; may be nil
}

func refuse(code Code, text string, p params) *refusal { return &refusal{Failure: fail(code, text, p)} }

// refusal says why a request is refused; nil when it is not.
func (g *guard) refusal(r *http.Request, who *asker) *refusal {
	path := strings.TrimPrefix(r.URL.Path, g.base)
	if isWrite(r) {
		if no := g.forgery(r, &who.Identity); no != nil {
			return no
		}
		if g.isAPI(r) && r.ContentLength != 0 && !isJSON(r) {
			return refuse(NotJSON, "content type must be application/json", nil)
		}
	}
	switch {
	case g.isOpen(path):
		return nil
	case path == peersPath && g.admin.Peers != nil && g.admin.Peers.Proven(r):
		return nil
	case isWrite(r) && !changesNothing(path):
		if who.writes == "" {
			return nil
		}
		if g.admin.mustLogin(&who.Identity) {
			return g.login(r)
		}
		return refuse(who.whyNot(), who.writes, params{"name": who.Name, "role": auth.Operator.String()})
	case who.Has(auth.Viewer):
		return nil
	case g.admin.mustLogin(&who.Identity):
		return g.login(r)
	}
	return refuse(NotListed, auth.NotListed(who.Identity), params{"name": who.Name})
}

// forgery says why a write may be that of a foreign page; nil when it is not.
func (g *guard) forgery(r *http.Request, id *auth.Identity) *refusal {
	switch {
	case g.cross.Check(r) != nil:
		return refuse(ForeignSite, "the request comes from a page of another site", nil)
	case id.Ambient() && !g.ownName(r.Host):
		return refuse(ForeignHost, "host "+r.Host+" is neither an IP address nor localhost nor in ui.hosts; a foreign name may be an attempt to reach a private address through DNS", params{"host": r.Host})
	case id.Session.ID != "" && !id.IsCSRF(csrfOf(r)):
		return refuse(NoCSRF, "X-Weir-Csrf is missing or not that of this session; GET /api/v1/me tells it", nil)
	}
	return nil
}

// csrfOf is what a request brings besides its cookie: as a header field, or from
// a form.
func csrfOf(r *http.Request) string {
	if text := r.Header.Get("X-Weir-Csrf"); text != "" {
		return text
	}
	if t, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); t != "application/x-www-form-urlencoded" {
		return ""
	}
	r.Body = http.MaxBytesReader(nil, r.Body, maxBody)
	return r.PostFormValue("csrf")
}

// whyNoWrites says why somebody may not change anything; empty when they may.
// locked is why nobody may.
func (a *Admin) whyNoWrites(locked string, id *auth.Identity) string {
	switch {
	case locked != "":
		return locked
	case id.Has(auth.Operator):
		return ""
	case a.mustLogin(id):
		return "log in to change something"
	}
	return id.Name + " is not an operator"
}

// whyNot is the code for writes.
func (who *asker) whyNot() Code {
	if who.locked != "" {
		return ReadOnly
	}
	return RoleMissing
}

// mustLogin reports whether somebody who is not logged in could be.
func (a *Admin) mustLogin(id *auth.Identity) bool { return a.Auth != nil && id.Via == "" }

// login asks for a login.
func (g *guard) login(r *http.Request) *refusal {
	return &refusal{fail(LoginRequired, "log in first", nil), http.Header{"Www-Authenticate": {g.admin.Auth.Challenge(r)}}}
}

// identify says who asks. Without authentication that is everybody.
func (g *guard) identify(r *http.Request) (auth.Identity, *refusal) {
	a := g.admin.Auth
	if a == nil {
		return auth.Everybody(), nil
	}
	id, err := a.Identify(r)
	if err == nil {
		return id, nil
	}
	return id, g.admin.denied(r, err)
}

// denied is the answer to a login that failed. It is logged as often as it may
// be tried.
func (a *Admin) denied(r *http.Request, err error) *refusal {
	var no *auth.Refusal
	if !errors.As(err, &no) {
		return refuse(ProviderAway, err.Error(), nil)
	}
	header, code, p := http.Header{}, LoginFailed, params(nil)
	switch no.Status {
	case http.StatusTooManyRequests:
		seconds := strconv.Itoa(int(no.Wait.Seconds()))
		header.Set("Retry-After", seconds)
		code, p = TooManyAttempts, params{"seconds": seconds}
	case http.StatusUnauthorized:
		header.Set("WWW-Authenticate", a.Auth.Challenge(r))
		fallthrough
	default:
		if no.Status == http.StatusForbidden {
			code = NotListed
		}
		a.Log.Warn("login refused", "client", a.clientOf(r), "reason", no.Text)
	}
	return &refusal{fail(code, no.Text, p), header}
}

// clientOf is the address of who made a request, for people.
func (a *Admin) clientOf(r *http.Request) string {
	if a.Auth != nil {
		if addr := a.Auth.Client(r); addr.IsValid() {
			return addr.String()
		}
	}
	return r.RemoteAddr
}

func isWrite(r *http.Request) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return false
	}
	return true
}

// peersPath is where other proxies of the fleet ask.
const peersPath = "/api/v1/internal/counters"

// isOpen reports whether a path is for everybody; the built page at /routes is.
func (g *guard) isOpen(path string) bool {
	return path == "/routes" && g.admin.UI != nil || isOpen(path)
}

// isOpen reports whether a path below ui.path is for everybody: what a login
// needs, and what tells nothing, as the files of the built pages do.
func isOpen(path string) bool {
	switch path {
	case "/api/v1/openapi.json", "/api/v1/docs", "/api/v1/me", "/api/v1/login", "/api/v1/logout":
		return true
	}
	for _, closed := range []string{"/api/", "/metrics", "/routes", "/manual"} {
		if strings.HasPrefix(path, closed) {
			return strings.HasPrefix(path, "/api/v1/login/")
		}
	}
	return true
}

// changesNothing reports whether a POST there only asks.
func changesNothing(path string) bool { return path == "/api/v1/policies:plan" }

// ownName reports whether a Host field names this machine in a way that no
// foreign DNS zone can. Only programs leave it empty, browsers never do.
func (g *guard) ownName(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = strings.Trim(hostport, "[]")
	}
	_, err = netip.ParseAddr(host)
	is := func(name string) bool { return strings.EqualFold(host, name) }
	return err == nil || host == "" || is("localhost") || slices.ContainsFunc(g.admin.Hosts, is)
}

// isDry reports whether a write shall change nothing. What cannot be read is
// taken for yes.
func isDry(r *http.Request) bool {
	text := r.URL.Query().Get("dry_run")
	dry, err := strconv.ParseBool(text)
	return text != "" && (dry || err != nil)
}

func isJSON(r *http.Request) bool {
	t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && t == "application/json"
}

func (g *guard) isAPI(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, g.base+"/api/v1/")
}

func (g *guard) refuse(w http.ResponseWriter, r *http.Request, no *refusal) {
	maps.Copy(w.Header(), no.header)
	if g.isAPI(r) {
		writeProblem(w, no.Failure)
		return
	}
	http.Error(w, no.Detail, no.Status)
}

// writeProblem answers with problem details (RFC 9457) where huma is not asked.
func writeProblem(w http.ResponseWriter, f *Failure) {
	b, err := marshal(f, "")
	if err != nil {
		http.Error(w, f.Detail, f.Status)
		return
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(f.Status)
	_, _ = w.Write(append(b, '\n'))
}
