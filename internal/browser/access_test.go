//go:build browser

package browser

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"weir/internal/oidctest"
)

// written is a file with a text, which is there until the test ends.
func written(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestAViewerMayOnlyLook: all that would change something is closed, and says why.
func TestAViewerMayOnlyLook(t *testing.T) {
	const token = "wt_a_viewer"
	w := start(t, "-ui.auth.file", written(t, "auth.yaml", fmt.Sprintf("tokens:\n- {name: kiosk, sha256: %x, role: viewer}\n", sha256.Sum256([]byte(token)))),
		"-rollout.policies", written(t, "kept.yaml", "service: kept\n"))
	w.run("shop", "v1", "weight=75%")
	w.run("shop", "v2", "weight=25%")
	w.browse("viewer", map[string]any{"service": "shop", "token": token}, nil)
}

const people = `
people:
- {name: alice, via: password, role: admin}
- {name: bob@example.com, via: oidc, role: operator, services: ["shop*"]}
- {name: bob@example.com, via: oidc, role: viewer}
`

// TestPeopleLogIn by a password and at a provider, and out again.
func TestPeopleLogIn(t *testing.T) {
	hash, err := bcrypt.GenerateFromPassword([]byte("open sesame"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	provider := oidctest.Start(t, "weir", "hush")
	provider.Claims = map[string]any{"email": "bob@example.com", "email_verified": true}
	front := newFront(t)
	w := start(t, "-ui.auth.file", written(t, "auth.yaml", people), "-ui.auth.htpasswd", written(t, "htpasswd", fmt.Sprintf("alice:%s\n", hash)),
		"-ui.auth.oidc.issuer", provider.URL, "-ui.auth.oidc.clientid", "weir", "-ui.auth.oidc.clientsecret", "hush",
		"-ui.auth.oidc.redirect", front.URL+"/api/v1/login/oidc/callback")
	front.to(w.admin)
	for _, service := range []string{"shop", "blog"} {
		w.run(service, "v1", "weight=75%")
		w.run(service, "v2", "weight=25%")
	}
	w.logged(`msg="new table" .*routes=(2) `) // who is not logged in is not told how many there are
	w.browse("login", map[string]any{"url": front.URL + "/", "password": "open sesame"}, nil)
}

// front stands before weir, so that its address is known before weir starts: the
// provider has to send people back there.
type front struct {
	*httptest.Server
	proxy httputil.ReverseProxy
}

func newFront(t *testing.T) *front {
	f := &front{}
	f.Server = httptest.NewServer(&f.proxy)
	t.Cleanup(f.Close)
	return f
}

// to leads to an admin, from the first request on.
func (f *front) to(admin string) {
	f.proxy = httputil.ReverseProxy{FlushInterval: -1, Transport: &http.Transport{DisableKeepAlives: true}, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: "http", Host: admin})
		r.Out.Host = r.In.Host
	}}
}
