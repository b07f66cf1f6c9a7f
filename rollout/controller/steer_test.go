package controller_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"weir/rollout"
	"weir/route"
)

// tagged is an instance with tags of its own.
func tagged(service, id string, tags ...string) route.Instance {
	return route.Instance{Service: service, ID: id, Node: "n1", Address: "10.0.0.1", Port: 1000 + len(id), Tags: tags, Up: true}
}

// table is the text of a proxy's table.
func (p *proxy) table() string { return p.live.Load().String() }

// TestARouteOfTwoServices: a rollout of a route moves traffic between services,
// and only there.
func TestARouteOfTwoServices(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stable := tagged("app-stable", "s1", "urlprefix-a.test/", "urlprefix-other.test/")
		canary := tagged("app-canary", "canary1", "urlprefix-a.test/", "urlprefix-other.test/")
		p := newFleet().start(t, memory(t), "edge-1", []route.Instance{stable})
		p.put(t, "app", strings.Replace(byHand, "service: web", "route: a.test/", 1))
		time.Sleep(time.Minute)
		p.source.Set([]route.Instance{stable, canary})
		time.Sleep(time.Minute)
		for _, line := range []string{
			"a.test/  app-canary/canary  10%  10.0.0.1:1007  variant=canary",
			"a.test/  app-stable/stable  90%  10.0.0.1:1002  variant=stable",
			"other.test/  app-canary/canary  50%  10.0.0.1:1007  variant=canary",
			"other.test/  app-stable/stable  50%  10.0.0.1:1002  variant=stable",
		} {
			if !strings.Contains(p.table(), line) {
				t.Errorf("no line %q in\n%s", line, p.table())
			}
		}
	})
}

// TestTheIsolatedHostnameStaysWhole although the candidate has no weight.
func TestTheIsolatedHostnameStaysWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stable := tagged("web", "s1", "urlprefix-a.test/", "version=v1")
		canary := tagged("web", "canary1", "urlprefix-a.test/ variant=canary", "urlprefix-canary.a.test/", "version=v2")
		p := newFleet().start(t, memory(t), "edge-1", []route.Instance{stable, canary})
		p.put(t, "web", byHand)
		time.Sleep(time.Minute)
		p.do(t, rollout.Command{Verb: rollout.Abort})
		time.Sleep(time.Minute)
		for _, line := range []string{"canary.a.test/  web/canary  100%", "a.test/  web/canary  0%", "a.test/  web/stable  100%"} {
			if !strings.Contains("\n"+p.table(), "\n"+line) {
				t.Errorf("no line %q in\n%s", line, p.table())
			}
		}
	})
}

// TestAnObservedServiceIsOnlyShown: replicas share by the tags.
func TestAnObservedServiceIsOnlyShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newFleet().start(t, memory(t), "edge-1", instances("v1", 3))
		p.put(t, "web", "service: web\nstrategy: observe")
		time.Sleep(time.Minute)
		p.source.Set(slices.Concat(instances("v1", 2), instances("v2", 2)))
		time.Sleep(time.Minute)
		r, _ := p.Get(web)
		if p.shares() != "canary 50% stable 50%" || r.Candidate.Key != "v2" || r.Policy != "web" {
			t.Errorf("%s, candidate %q, policy %q", p.shares(), r.Candidate.Key, r.Policy)
		}
		p.source.Set(instances("v2", 4))
		time.Sleep(time.Minute)
		if r, _ = p.Get(web); r.Stable.Key != "v2" || p.shares() != "stable 100%" {
			t.Errorf("stable is %q, %s", r.Stable.Key, p.shares())
		}
	})
}

// TestAnInstanceThatIsNotToldYetGetsNothing: only Nomad knows the version of its
// allocations, and is not asked here.
func TestAnInstanceThatIsNotToldYetGetsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		known := allocation("11111111-1111-1111-1111-111111111111")
		n := &nomad{versions: map[string]uint64{known.ID[12:48]: 1}}
		p := newFleet().start(t, memory(t), "edge-1", []route.Instance{known}, n.use)
		p.put(t, "web", short)
		p.at(t, rollout.Healthy, "stable 100%")
		unknown := allocation("22222222-2222-2222-2222-222222222222")
		p.source.Set([]route.Instance{known, unknown})
		time.Sleep(10 * time.Minute)
		if got := p.shares(); got != "stable 100% unknown 0%" && got != "unknown 0% stable 100%" {
			t.Error(got)
		}
		n.set(unknown.ID[12:48], 2) // and now it does
		p.at(t, rollout.Progressing, "canary 10% stable 90%")
	})
}
