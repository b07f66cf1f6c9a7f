package admin

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"weir/rollout/controller"
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

// asked is Rollouts of a fleet of three, of which the second leads.
type asked struct{ Rollouts }

func (asked) Fleet() []controller.Peer {
	return []controller.Peer{
		{Proxy: controller.Proxy{Name: "a"}, Self: true, Announced: true},
		{Proxy: controller.Proxy{Name: "b"}, Leads: true, Announced: true},
		{Proxy: controller.Proxy{Name: "c"}},
	}
}

func (asked) Tell(context.Context) map[string]controller.Told {
	tell := func(web uint64, t controller.Table) controller.Told {
		return controller.Told{Answer: controller.Answer{Table: &t, Scopes: map[string]controller.Applied{"service/web": {Generation: web}, "service/db": {Generation: 1}}}}
	}
	return map[string]controller.Told{
		"a": tell(3, controller.Table{Generation: 70, Routes: 3, StaleSeconds: 40, Digest: "old"}),
		"b": tell(4, controller.Table{Generation: 9, Routes: 4, Digest: "new"}),
		"c": {Err: errors.New("dial tcp 10.0.0.3:9998: connection refused")},
	}
}

// TestPeersTellOfTheirTables: who is behind the leader, and who does not answer.
func TestPeersTellOfTheirTables(t *testing.T) {
	h := serve(t, "", func(a *Admin) { a.Rollouts = asked{a.Rollouts} })
	var list struct{ Peers []Peer }
	h.ask(t, http.MethodGet, "/api/v1/peers", "").into(t, &list)
	a, b, c := list.Peers[0], list.Peers[1], list.Peers[2]
	if a.Table == nil || !a.Table.Differs || !slices.Equal(a.Table.Behind, []string{"service/web"}) || a.Table.Generation != 70 || a.Table.StaleSeconds != 40 {
		t.Errorf("%+v %+v", a, a.Table)
	}
	if b.Table == nil || b.Table.Differs || len(b.Table.Behind) > 0 || b.Table.Routes != 4 {
		t.Errorf("%+v %+v", b, b.Table)
	}
	if c.Table != nil || !strings.Contains(c.Silent, "refused") {
		t.Errorf("%+v", c)
	}
}
