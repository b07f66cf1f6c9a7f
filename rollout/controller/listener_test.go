package controller_test

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"weir/rollout"
	"weir/rollout/controller"
)

// told implements controller.Listener.
type told struct {
	mu      sync.Mutex
	serials []uint64
}

func (l *told) Written(s rollout.State, e rollout.Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s.Serial == e.Serial {
		l.serials = append(l.serials, e.Serial)
	}
}

// TestEveryTransitionIsToldOnce: by the proxy that has written it, be that the
// leader or the one that a person has spoken to.
func TestEveryTransitionIsToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, f := memory(t), newFleet()
		var listeners [2]told
		var proxies [2]*proxy
		for i, name := range []string{"edge-0", "edge-1"} {
			proxies[i] = f.start(t, s, name, instances("v1", 3), func(c *controller.Config) { c.Listener = &listeners[i] })
		}
		proxies[0].put(t, "web", short)
		proxies[0].at(t, rollout.Healthy, "stable 100%")
		for _, p := range proxies {
			p.source.Set(slices.Concat(instances("v1", 3), instances("v2", 1)))
		}
		proxies[0].at(t, rollout.Progressing, "canary 10% stable 90%")
		for _, p := range proxies {
			p.do(t, rollout.Command{Verb: rollout.Pause, By: "alice"})
		}
		proxies[1].do(t, rollout.Command{Verb: rollout.Abort, By: "bob"})
		proxies[0].at(t, rollout.Aborted, "canary 0% stable 100%")
		audit, _, err := proxies[0].Audit(t.Context(), web)
		if err != nil {
			t.Fatal(err)
		}
		for i := range listeners {
			if len(listeners[i].serials) == 0 {
				t.Errorf("edge-%d has told nothing", i)
			}
		}
		all := slices.Sorted(slices.Values(slices.Concat(listeners[0].serials, listeners[1].serials)))
		for i, serial := range all {
			if serial != uint64(i)+1 || len(all) != len(audit) {
				t.Fatalf("told %v, the audit has %d entries", all, len(audit))
			}
		}
	})
}
