package controller_test

import (
	"compress/gzip"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"weir/rollout"
	"weir/rollout/controller"
	"weir/rollout/policy"
	"weir/rollout/verdict"
	"weir/store"
)

// judged is a policy that waits for the verdict.
const judged = `
service: web
analysis: {unit: request, warmup: 0s}
guards: {max_weight_per_instance_ratio: 100, ack_timeout: 1s}
detect: {stabilise: 1ms}
steps:
  - set_weight: 10%
  - analysis: {until: pass, max: 1h}
  - set_weight: 100%
  - bake: {duration: 1h}
  - promote: {}
`

func TestACandidateThatFailsIsAborted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, f := memory(t), newFleet()
		both := slices.Concat(instances("v1", 3), instances("v2", 1))
		f.start(t, s, "edge-1", both)
		p := f.start(t, s, "edge-2", both)
		p.put(t, "web", judged)
		now := p.at(t, rollout.Progressing, "canary 10% stable 90%")
		p.counters.count(now, 100, 0)
		time.Sleep(time.Minute)
		p.counters.count(now, 100, 30)
		now = p.at(t, rollout.Aborted, "canary 0% stable 100%")
		if now.Reason != rollout.VerdictFail || !strings.Contains(now.Message, "http_5xx") {
			t.Errorf("aborted for %s: %s", now.Reason, now.Message)
		}
		id, e, err := p.Evidence(t.Context(), web)
		if err != nil || id != now.ID || e.Decide().Outcome != verdict.Fail {
			t.Errorf("evidence of %s (%v), want that of %s and a failure", id, err, now.ID)
		}
	})
}

// TestEvidenceOutlivesItsLeader lets the leader go after half of the evidence.
// The proxy that counted it has gone, too, so nobody could count it again.
func TestEvidenceOutlivesItsLeader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, f := memory(t), newFleet()
		both := slices.Concat(instances("v1", 3), instances("v2", 1))
		first := f.start(t, s, "edge-1", both)
		first.put(t, "web", judged)
		now := first.at(t, rollout.Progressing, "canary 10% stable 90%")
		first.counters.count(now, 300, 1)
		time.Sleep(time.Minute)
		before, _ := first.Get(web)
		first.stop()
		second := f.start(t, s, "edge-2", both)
		second.counters.count(now, 100, 0)
		time.Sleep(time.Minute)
		_, e, err := second.Evidence(t.Context(), web)
		if err != nil {
			t.Fatal(err)
		}
		sides := e.Strata[0]
		if sides.Candidate.Units != 400 || len(e.Strata) != 1 || len(e.Proxies) != 2 {
			t.Errorf("evidence of %d units from %d proxies, want 400 from 2", sides.Candidate.Units, len(e.Proxies))
		}
		after, _ := second.Get(web)
		if lost := before.Live.Clock.Total - after.Live.Clock.Total; lost > -30*time.Second {
			t.Errorf("the clock went from %v to %v in a minute", before.Live.Clock.Total, after.Live.Clock.Total)
		}
		second.counters.count(now, 2000, 0)
		second.at(t, rollout.Baking, "canary 100% stable 0%")
	})
}

// TestEvidenceThatIsLostIsCountedAnew: the proxies' counters only grow.
func TestEvidenceThatIsLostIsCountedAnew(t *testing.T) {
	var packed strings.Builder
	z := gzip.NewWriter(&packed)
	z.Write([]byte("{"))
	z.Close()
	for name, value := range map[string]string{"deleted": "", "no gzip": "x", "no JSON": packed.String()} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, f := memory(t), newFleet()
				both := slices.Concat(instances("v1", 3), instances("v2", 1))
				p := f.start(t, s, "edge-1", both)
				p.put(t, "web", judged)
				now := p.at(t, rollout.Progressing, "canary 10% stable 90%")
				p.counters.count(now, 300, 1)
				time.Sleep(time.Minute)
				counted := func(c *controller.Config) { c.Counters = p.counters }
				p.stop()
				e, err := s.Get(t.Context(), "v1/evidence/service/web")
				if err != nil {
					t.Fatal(err)
				}
				if _, err := s.Commit(t.Context(), store.Write{Key: e.Key, Index: e.Index, Value: []byte(value), Delete: value == ""}); err != nil {
					t.Fatal(err)
				}
				p = f.start(t, s, "edge-1", both, counted)
				time.Sleep(time.Minute)
				_, proof, err := p.Evidence(t.Context(), web)
				if err != nil || proof.Strata[0].Candidate.Units != 300 {
					t.Errorf("evidence %+v (%v), want that of 300 units", proof, err)
				}
			})
		})
	}
}

// TestAProxyThatDoesNotFollowHoldsTheRollout, by name, and does not hold it when
// it has gone.
func TestAProxyThatDoesNotFollowHoldsTheRollout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, f := memory(t), newFleet()
		both := slices.Concat(instances("v1", 3), instances("v2", 1))
		first, second := f.start(t, s, "edge-1", both), f.start(t, s, "edge-2", both)
		first.put(t, "web", short)
		first.at(t, rollout.Progressing, "canary 10% stable 90%")
		f.setCut("edge-2", true)
		f.setCut("edge-1", true) // either may be the leader
		time.Sleep(10 * time.Minute)
		now, _ := first.Get(web)
		at := slices.IndexFunc(now.Holds, func(h rollout.Hold) bool { return h.Cause == rollout.ByAcks })
		if at < 0 || !strings.Contains(now.Holds[at].Message, "edge-") || now.Weight > 5000 {
			t.Errorf("%s at %s, holds %+v", now.Phase, now.Weight, now.Holds)
		}
		second.stop()
		first.at(t, rollout.Healthy, "retired 0% stable 100%")
	})
}

// gatekeeper answers when the test lets it.
type gatekeeper struct{ say chan policy.Answer }

func TestAGateIsAskedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		keeper := gatekeeper{make(chan policy.Answer)}
		p := newFleet().start(t, memory(t), "edge-1", slices.Concat(instances("v1", 3), instances("v2", 1)), keeper.use)
		p.put(t, "web", strings.Replace(short, "pause: {duration: 1m}", "gate: {name: smoke, webhook: 'http://localhost/', timeout: 1h, on_timeout: fail}", 1))
		p.at(t, rollout.Progressing, "canary 10% stable 90%")
		time.Sleep(30 * time.Minute)
		if got := p.shares(); got != "canary 10% stable 90%" {
			t.Error(got)
		}
		keeper.say <- policy.Yes
		p.at(t, rollout.Healthy, "retired 0% stable 100%")
	})
}

func TestAGateThatSaysNoAborts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		keeper := gatekeeper{make(chan policy.Answer, 1)}
		keeper.say <- policy.No
		p := newFleet().start(t, memory(t), "edge-1", slices.Concat(instances("v1", 3), instances("v2", 1)), keeper.use)
		p.put(t, "web", strings.Replace(short, "pause: {duration: 1m}", "gate: {name: smoke, webhook: 'http://localhost/', timeout: 1h, on_timeout: fail}", 1))
		now := p.at(t, rollout.Aborted, "canary 0% stable 100%")
		if want := fmt.Sprintf("the gate %s says no: by test", "smoke"); now.Message != want {
			t.Errorf("message %q, want %q", now.Message, want)
		}
	})
}

func (g gatekeeper) use(c *controller.Config) { c.Gates = g }

// Ask implements controller.Gates.
func (g gatekeeper) Ask(ctx context.Context, _ rollout.State, _ policy.Gate) (rollout.Said, error) {
	select {
	case a := <-g.say:
		return rollout.Said{Answer: a, Message: "by test"}, nil
	case <-ctx.Done():
		return rollout.Said{}, ctx.Err()
	}
}
