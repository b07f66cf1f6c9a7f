package fleet

import (
	"fmt"
	"strings"
	"testing"

	"weir/admin"
	"weir/internal/testenv"
)

// byHand is a policy whose steps a person ends.
const byHand = `
service: %s
detect: {stabilise: 1s}
guards: {ack_timeout: 1s}
analysis: {unit: request}
steps:
- set_weight: 10%%
- pause: {}
- set_weight: 50%%
- pause: {}
- set_weight: 100%%
- promote: {}
`

// inStep is a rollout that waits in a step for a person alone.
func inStep(n int) func(admin.Rollout) bool {
	return func(r admin.Rollout) bool {
		return r.Step == n && r.Phase == "paused" && len(r.Holds) == 1 && r.Holds[0].Cause == "step"
	}
}

func isOver(r admin.Rollout) bool { return r.Phase == "healthy" && r.Stable.Key == "v2" }

// TestAProxyThatIsCutOffHoldsTheRollout: it serves by what it knew, no weight is
// raised anywhere, and it is named. When it hears from Consul again the rollout
// goes on. An abort does not wait for it, nor for another leader if it led.
func TestAProxyThatIsCutOffHoldsTheRollout(t *testing.T) {
	t.Parallel()
	relays := map[string]*testenv.Relay{}
	var addrs []string
	for range size {
		r := testenv.NewRelay(t, testenv.SharedConsul(t))
		relays[r.Addr], addrs = r, append(addrs, r.Addr)
	}
	f := newFleet(t, byHand, addrs...)
	tr := f.traffic()
	f.run("v2")
	f.all("step 2", inStep(2))
	tr.split(0.1, 100, f.proxies...)

	away := f.other(f.leader())
	relays[away.consul].Cut()
	rest := f.without(away)
	at := rest.leader()
	at.do("promote")
	held := rest.all("held by "+away.name, func(r admin.Rollout) bool {
		return r.Phase == "paused" && strings.Contains(r.Why, "is missing on "+away.name) && isBehind(r, away)
	})
	f.named(at, away, held)
	tr.split(0.1, 100, f.proxies...)
	f.forgotten(at, away) // and is waited for all the same
	still := rest.all("still held by "+away.name, func(r admin.Rollout) bool { return isBehind(r, away) })
	if still.Step != held.Step || still.Generation != held.Generation {
		t.Errorf("it went on from step %d to %d", held.Step, still.Step)
	}
	relays[away.consul].Mend()
	f.all("step 4", inStep(4))
	tr.split(0.5, 100, f.proxies...)

	away = f.leader()
	relays[away.consul].Cut()
	rest = f.without(away)
	rest.proxies[0].do("abort")
	rest.all("no weight", func(r admin.Rollout) bool { return r.Phase == "aborting" && r.Weight == 0 })
	tr.split(0, 100, rest.proxies...)
	tr.split(0.5, 100, away)
	at = rest.leader()
	f.named(at, away, rest.all("the abort held by "+away.name, func(r admin.Rollout) bool { return isBehind(r, away) }))
	relays[away.consul].Mend()
	f.all("the end", func(r admin.Rollout) bool { return r.Phase == "aborted" })
	tr.split(0, 100, f.proxies...)
}

// other is a proxy that is not this one.
func (f *fleet) other(than *proxy) *proxy {
	for _, p := range f.proxies {
		if p != than {
			return p
		}
	}
	panic("there is one")
}

// without is the fleet but for one proxy.
func (f *fleet) without(away *proxy) *fleet {
	rest := &fleet{t: f.t, consul: f.consul, service: f.service}
	for _, p := range f.proxies {
		if p != away {
			rest.proxies = append(rest.proxies, p)
		}
	}
	return rest
}

// named fails unless the proxies tell who is away: the leader in weir rollout get
// and its metrics, and the one that is away itself.
func (f *fleet) named(leader, away *proxy, held admin.Rollout) {
	f.t.Helper()
	metric := fmt.Sprintf(`weir_rollout_behind{proxy="%s",scope="service/%s"}`, away.name, f.service)
	if out := leader.cli("rollout", "get", f.service); !strings.Contains(out, "missing: "+away.name) || leader.metric(metric) != "1" {
		f.t.Errorf("%s is %s, and weir rollout get printed\n%s", metric, leader.metric(metric), out)
	}
	stale, err := away.rollout()
	if err != nil || stale.Stale == "" || stale.AppliedGeneration >= held.Generation {
		f.t.Errorf("the proxy that is away shows %+v (%v), the others generation %d", stale, err, held.Generation)
	}
	if got := away.metric(fmt.Sprintf(`weir_rollout_stale{scope="service/%s"}`, f.service)); got != "1" {
		f.t.Errorf("weir_rollout_stale is %s there", got)
	}
}

// isBehind reports whether one proxy of the whole fleet lacks the generation.
func isBehind(r admin.Rollout, away *proxy) bool {
	for _, p := range r.Proxies {
		if p.Behind != (p.Name == away.name) {
			return false
		}
	}
	return len(r.Proxies) == size
}

// forgotten waits until Consul has ended the session of a proxy.
func (f *fleet) forgotten(at, away *proxy) {
	f.t.Helper()
	f.eventually(func() error {
		for _, p := range at.peers() {
			if p.Name == away.name && !p.Announced {
				return nil
			}
		}
		return fmt.Errorf("%s is announced still: %+v", away.name, at.peers())
	})
}
