package admin

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"weir/internal/testenv"
	"weir/proxy/exchange"
	"weir/rollout"
	"weir/route"
)

// TestWhatIsOpenIsShown of this rollout's service, with what drains.
func TestWhatIsOpenIsShown(t *testing.T) {
	until := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	app, other := route.Scope{Kind: "service", Name: "app"}, route.Scope{Kind: "service", Name: "web"}
	h := serve(t, "", func(a *Admin) {
		a.Open = func() exchange.Report {
			return exchange.Report{
				Open:     map[exchange.Part]int{{Service: "app", Variant: "stable"}: 6, {Service: "app", Variant: "retired"}: 2, {Service: "web", Variant: "stable"}: 50},
				Draining: []exchange.Draining{{Scope: other, Version: "w1", Left: 50}, {Scope: app, Version: "v0", Left: 2, Until: until}},
			}
		}
	})
	h.source.Set(instances(t, "app v1 3\n"))
	if r := h.ask(t, "PUT", "/api/v1/policies/app", `{"text": "service: app"}`); r.status != http.StatusOK {
		t.Fatal(r.body)
	}
	testenv.Eventually(t, 10*time.Second, func() error {
		if r, _ := h.rollouts.Get(app); r.Phase != rollout.Healthy || r.Applied != r.Generation {
			return fmt.Errorf("%s, generation %d of %d", r.Phase, r.Applied, r.Generation)
		}
		return nil
	})
	body := strings.Join(strings.Fields(h.ask(t, "GET", "/api/v1/rollouts/service/app", "").body), "")
	for _, want := range []string{
		`"open":[{"variant":"retired","open":2,"share":0.25,"new":0},{"variant":"stable","open":6,"share":0.75,"new":1}]`,
		`"draining":[{"version":"v0","left":2,"until":"2026-01-02T03:04:05Z"}]`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in\n%s", want, body)
		}
	}
}

// TestADrainingInstanceSaysSo, with what is left open with its version.
func TestADrainingInstanceSaysSo(t *testing.T) {
	until := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	app := route.Scope{Kind: "service", Name: "app"}
	h := serve(t, "", func(a *Admin) {
		a.Open = func() exchange.Report {
			return exchange.Report{Draining: []exchange.Draining{{Scope: app, Version: "v0", Left: 2, Until: until}}}
		}
	})
	all := instances(t, "app v0 1\napp v1 1")
	h.source.Set(all)
	testenv.Eventually(t, 10*time.Second, func() error {
		if known, _ := h.publisher.Instances(); len(known) != 2 || h.Live.Load().Routes() == nil {
			return fmt.Errorf("the publisher knows %v", known)
		}
		return nil
	})
	table, _ := route.Build(route.Input{Instances: all, Drains: []route.Drain{
		{Scope: app, Version: "v0", Instances: []route.Name{{Service: "app", Instance: "app-v0-0"}}},
		{Scope: app, Version: "over", Instances: []route.Name{{Service: "app", Instance: "app-v1-0"}}},
	}})
	h.Live.Store(table)
	var list InstanceList
	h.ask(t, http.MethodGet, "/api/v1/instances", "").into(t, &list)
	for _, i := range list.Instances {
		want := i.ID == "app-v0-0"
		if d := i.Draining; (d != nil) != want || want && (d.Scope != "service/app" || d.Version != "v0" || d.Left != 2 || !d.Until.Equal(until)) {
			t.Errorf("%s: %+v", i.ID, d)
		}
	}
}
