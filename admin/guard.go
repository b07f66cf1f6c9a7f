package admin

import (
	"mime"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// maxBody bounds a request body in bytes. Consul's 512 KiB of override text
// may double when it is written as JSON.
const maxBody = 2 << 20

// guard refuses what must not reach the handlers. There is no authentication,
// so what may write is decided by where the request comes from.
type guard struct {
	base     string // ui.path
	readOnly string // why writes are refused; empty when they are not
	cross    *http.CrossOriginProtection
	next     http.Handler
}

func (g *guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	secure(w.Header())
	if isWrite(r) {
		if status, why := g.refusal(r); why != "" {
			g.refuse(w, r, status, why)
			return
		}
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	g.next.ServeHTTP(w, r)
}

// secure sets what every answer carries. Pages run no script and load nothing
// from elsewhere.
func secure(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
}

func isWrite(r *http.Request) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return false
	}
	return true
}

// refusal says why a write is refused and with which status; empty when it is not.
func (g *guard) refusal(r *http.Request) (int, string) {
	switch {
	case g.readOnly != "":
		return http.StatusForbidden, g.readOnly
	case g.cross.Check(r) != nil:
		return http.StatusForbidden, "the request comes from a page of another site"
	case !ownName(r.Host):
		return http.StatusForbidden, "host " + r.Host + " is neither an IP address nor localhost; a foreign name may be an attempt to reach a private address through DNS"
	case g.isAPI(r) && r.ContentLength != 0 && !isJSON(r):
		return http.StatusUnsupportedMediaType, "content type must be application/json"
	}
	return 0, ""
}

// ownName reports whether a Host field names this machine in a way that no
// foreign DNS zone can. Only programs leave it empty, browsers never do.
func ownName(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = strings.Trim(hostport, "[]")
	}
	_, err = netip.ParseAddr(host)
	return err == nil || host == "" || strings.EqualFold(host, "localhost")
}

func isJSON(r *http.Request) bool {
	t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && t == "application/json"
}

func (g *guard) isAPI(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, g.base+"/api/v1/")
}

func (g *guard) refuse(w http.ResponseWriter, r *http.Request, status int, why string) {
	if g.isAPI(r) {
		writeProblem(w, status, why)
		return
	}
	http.Error(w, why, status)
}

// writeProblem answers with problem details (RFC 9457) where huma is not asked.
func writeProblem(w http.ResponseWriter, status int, detail string) {
	b, err := marshal(huma.NewError(status, detail), "")
	if err != nil {
		http.Error(w, detail, status)
		return
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_, _ = w.Write(append(b, '\n'))
}
