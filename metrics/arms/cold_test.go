package arms

import (
	"fmt"
	"testing"
	"time"

	"weir/proxy/exchange"
	"weir/rollout/policy"
	"weir/route"
)

// TestBothArmsAreLeftOutAlike: of stable's units as large a part as the candidate
// has cold instances, by service or by those of the route.
func TestBothArmsAreLeftOutAlike(t *testing.T) {
	now := time.Now()
	p, err := policy.Parse([]byte("service: web\nanalysis: {warmup: 1m}"))
	if err != nil {
		t.Fatal(err)
	}
	table, _ := route.Build(route.Input{Instances: []route.Instance{
		{Service: "web", ID: "1", Address: "10.0.0.1", Port: 80, Up: true, Tags: []string{"urlprefix-a.test/"}},
		{Service: "other", ID: "1", Address: "10.0.0.2", Port: 80, Up: true, Tags: []string{"urlprefix-b.test/"}},
	}})
	for _, c := range []struct{ cold, warm int }{{0, 0}, {0, 4}, {1, 3}, {2, 2}, {3, 1}, {4, 0}} {
		at := map[instance]time.Time{{"other", "x"}: now.Add(-time.Second)}
		for i := range c.cold {
			at[instance{"web", fmt.Sprint("cold", i)}] = now.Add(-time.Second)
		}
		for i := range c.warm {
			at[instance{"web", fmt.Sprint("warm", i)}] = now.Add(-time.Hour)
		}
		for _, scope := range []route.Scope{{Kind: "service", Name: "web"}, {Kind: "route", Name: "a.test/"}} {
			r := &run{scope: scope, policy: p}
			r.came.Store(newArrivals(at))
			const units = 4000
			out := 0
			for range units {
				if r.isCold(&exchange.Drawn{}, now, table.HTTP("a.test", "/", false)) {
					out++
				}
			}
			want := 0.0
			if c.cold > 0 {
				want = float64(c.cold) / float64(c.cold+c.warm)
			}
			if got := float64(out) / units; got < want-0.05 || got > want+0.05 || (want == 0 || want == 1) && got != want {
				t.Errorf("%v with %+v: %v of stable's units are left out, want %v", scope, c, got, want)
			}
		}
	}
}
