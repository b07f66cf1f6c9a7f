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
