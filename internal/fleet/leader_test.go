package fleet

import (
	"errors"
	"fmt"
	"regexp"
	"testing"
	"time"

	"weir/admin"
)

// byItself is a policy whose rollouts need nobody.
const byItself = `
service: %s
detect: {stabilise: 1s}
guards: {ack_timeout: 1s}
analysis: {unit: request, warmup: 0s}
steps:
- set_weight: 10%%
- pause: {duration: 12s}
- set_weight: 40%%
- pause: {duration: 3s}
- set_weight: 100%%
- bake: {duration: 3s, on_inconclusive: promote}
- promote: {}
`

// TestTheLeaderIsKilledAtEachStep with SIGKILL, so that nobody hears of it before
// Consul ends its session. The rollout goes on by itself with another leader, in
// the step where it was, with the evidence that there was.
func TestTheLeaderIsKilledAtEachStep(t *testing.T) {
	t.Parallel()
	f := newFleet(t, byItself)
	f.traffic()
	f.run("v2")
	var units uint64
	for _, at := range []struct {
		step int
		more bool // evidence is to be written before
	}{{2, true}, {4, false}, {6, false}} {
		before := f.all(fmt.Sprint("step ", at.step), func(r admin.Rollout) bool {
			return r.Step >= at.step && (!at.more || unitsOf(r) > units)
		})
		units = unitsOf(before)
		f.killLeader(before)
		f.proxies = append(f.proxies, f.start(f.consul.Addr)) // as whoever looks after it does
	}
	last := f.all("the end", isOver)
	if last.Last == nil || last.Last.Outcome != "completed" {
		t.Errorf("it ended with %+v", last.Last)
	}
	if got := f.steps(); got != "1 2 3 4 5 6 7 " {
		t.Errorf("the steps were %s, want each once", got)
	}
}

// unitsOf is how many units the evidence has.
func unitsOf(r admin.Rollout) uint64 {
	if r.Verdict == nil || len(r.Verdict.Findings) == 0 {
		return 0
	}
	return r.Verdict.Findings[0].Candidate.Units
}

// killLeader kills the leader and waits for the next one. Until the routing
// changes each proxy gives the same shares, and nothing begins anew.
func (f *fleet) killLeader(before admin.Rollout) {
	f.t.Helper()
	old := f.leader()
	f.kill(old)
	killed := time.Now()
	f.eventually(func() error {
		var errs []error
		for _, p := range f.proxies {
			now, err := p.rollout()
			leads, failed := p.leads()
			if errs = append(errs, err, failed); err == nil {
				f.goesOn(p, before, now)
			}
			if leads == old.name || leads == "" {
				errs = append(errs, fmt.Errorf("%q leads", leads))
			}
		}
		return errors.Join(errs...)
	})
	next := f.leader()
	f.t.Logf("in step %d another leads %v after the kill", before.Step, time.Since(killed).Round(time.Millisecond))
	if out := next.cli("peers"); !regexp.MustCompile(`(?m)^` + next.name + ` .* leads \(this one\) +the same$`).MatchString(out) {
		f.t.Errorf("weir peers printed\n%s", out)
	}
}

// goesOn fails unless a proxy shows the same rollout, at the same place or later.
func (f *fleet) goesOn(p *proxy, before, now admin.Rollout) {
	f.t.Helper()
	switch {
	case now.ID != before.ID, now.Step < before.Step, now.Generation < before.Generation, unitsOf(now) < unitsOf(before):
		f.t.Errorf("%s shows rollout %s in step %d at generation %d with %d units, it was %s in step %d at %d with %d", p.name,
			now.ID, now.Step, now.Generation, unitsOf(now), before.ID, before.Step, before.Generation, unitsOf(before))
	case now.TotalSeconds < before.TotalSeconds-11: // clocks are written every ten seconds
		f.t.Errorf("%s shows %.0f s, it was %.0f s", p.name, now.TotalSeconds, before.TotalSeconds)
	case now.Generation == before.Generation && sharesOf(now) != sharesOf(before):
		f.t.Errorf("%s gives %s, it was %s", p.name, sharesOf(now), sharesOf(before))
	}
}

// steps lists the steps that the rollout has entered.
func (f *fleet) steps() (list string) {
	f.t.Helper()
	var audit struct{ Entries []admin.AuditEntry }
	if err := f.proxies[0].get(f.proxies[0].path()+"/audit", &audit); err != nil {
		f.t.Fatal(err)
	}
	for _, e := range audit.Entries {
		for _, c := range e.Changes {
			if c.Kind == "step" {
				list += c.To + " "
			}
		}
	}
	return list
}
