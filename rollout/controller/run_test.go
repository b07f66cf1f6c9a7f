package controller_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"weir/rollout"
)

// short is a policy whose steps take a minute each.
const short = `
service: web
analysis: {unit: request, warmup: 0s}
guards: {max_weight_per_instance_ratio: 100}
detect: {stabilise: 10s}
steps:
  - set_weight: 10%
  - pause: {duration: 1m}
  - set_weight: 50%
  - pause: {duration: 1m}
  - set_weight: 100%
  - promote: {}
`

// at waits until a proxy shows this stage and these shares.
func (p *proxy) at(t *testing.T, stage rollout.Phase, shares string) rollout.State {
	t.Helper()
	deadline := time.Now().Add(time.Hour)
	for {
		r, ok := p.Get(web)
		if ok && r.Stage == stage && p.shares() == shares {
			return r.State
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s with %q (%v), want %s with %q; holds %+v", r.Stage, p.shares(), ok, stage, shares, r.Holds)
		}
		time.Sleep(time.Second) // of the bubble
	}
}

func TestARolloutGoesFromItsFirstStepToTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memory(t)
		p := newFleet().start(t, s, "edge-1", instances("v1", 3))
		synctest.Wait()
		if got := p.shares(); got != "v1 100%" {
			t.Errorf("shares %q without a policy", got)
		}
		p.put(t, "web", short)
		p.at(t, rollout.Healthy, "stable 100%")
		p.source.Set(slices.Concat(instances("v1", 3), instances("v2", 1)))
		synctest.Wait()
		if got := p.shares(); got != "retired 0% stable 100%" {
			t.Errorf("shares %q at the moment a version has come", got)
		}
		start := time.Now()
		one := p.at(t, rollout.Progressing, "canary 10% stable 90%")
		p.at(t, rollout.Progressing, "canary 50% stable 50%")
		if took := time.Since(start); took < time.Minute+10*time.Second || took > 3*time.Minute {
			t.Errorf("the second step came after %v", took)
		}
		p.at(t, rollout.Promoting, "canary 100% stable 0%")
		p.at(t, rollout.Healthy, "retired 0% stable 100%")
		p.source.Set(instances("v2", 1))
		done := p.at(t, rollout.Healthy, "stable 100%")
		if done.Stable.Key != "v2" || done.Generation <= one.Generation || p.Answer().Scopes["service/web"].Generation != done.Generation {
			t.Errorf("stable is %s at generation %d; answer %+v", done.Stable.Key, done.Generation, p.Answer())
		}
		checkRecords(t, p)
		if problems := p.publisher.Problems(); len(problems) != 0 {
			t.Errorf("problems %+v", problems)
		}
	})
}

// checkRecords wants one completed rollout in the history, and an audit that
// makes the state.
func checkRecords(t *testing.T, p *proxy) {
	t.Helper()
	records, problems, err := p.History(t.Context(), web)
	if err != nil || len(problems) != 0 || len(records) != 1 || records[0].Outcome != rollout.Completed || records[0].Candidate.Key != "v2" {
		t.Errorf("history %+v, %v, %v", records, problems, err)
	}
	entries, problems, err := p.Audit(t.Context(), web)
	if err != nil || len(problems) != 0 {
		t.Fatal(problems, err)
	}
	replayed, err := rollout.Replay(entries)
	now, _ := p.Get(web)
	if err != nil || replayed.Serial != now.Serial || replayed.Generation != now.Generation || replayed.Stable.Key != now.Stable.Key || replayed.Phase != now.Phase {
		t.Errorf("the audit makes %+v (%v), want %+v", replayed, err, now.State)
	}
}
