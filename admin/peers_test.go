package admin

import (
	"io"
	"net/http"
	"testing"
)

// fleet answers who shares its secret.
type fleet struct{ proven bool }

func (f *fleet) Proven(*http.Request) bool { return f.proven }

func (f *fleet) ServeHTTP(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "counted") }

// TestOtherProxiesAreAnswered where rollouts run, below ui.path and to reads only.
func TestOtherProxiesAreAnswered(t *testing.T) {
	const path = "/api/v1/internal/counters"
	peers := func(a *Admin) {
		a.Path = "/ui/"
		a.Peers = &fleet{}
	}
	with, without := serve(t, twoVersions, peers), serve(t, twoVersions)
	for _, c := range []struct {
		h            *harness
		method, path string
		status       int
		body         string
	}{
		{with, "GET", "/ui" + path, 200, "counted"},
		{with, "POST", "/ui" + path, 404, ""},
		{with, "GET", path, 404, ""},
		{without, "GET", path, 404, ""},
	} {
		r := c.h.ask(t, c.method, c.path, "")
		if r.status != c.status || c.body != "" && r.body != c.body {
			t.Errorf("%s %s: %d %s", c.method, c.path, r.status, r.body)
		}
	}
}
