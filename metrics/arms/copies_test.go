package arms_test

import (
	"errors"
	"testing"
	"time"

	"weir/metrics/arms"
	"weir/proxy/exchange"
	"weir/rollout/policy"
	"weir/route"
)

// TestCopies counts what became of the copies that a rollout asks for, and nothing
// of it for the verdict.
func TestCopies(t *testing.T) {
	s := state(t, "web", 100, "")
	s.Mirror = policy.Mirror{Percent: 5, Methods: []string{"GET"}}
	a := arms.New(arms.Config{Proxy: "p1"})
	a.Rollouts = newStates(s)
	trial := a.Steer(nil).Trials[s.Scope]
	if m := trial.Mirror; m == nil || m.Share != 0.05 || len(m.Methods) != 1 {
		t.Fatalf("the mirror is %+v", m)
	}
	if _, any := a.Copies(s.Scope); any {
		t.Error("there are copies before the first")
	}
	for range 98 {
		arms.Copied(&exchange.Copy{Trial: trial, Status: 200, Took: time.Millisecond})
	}
	for _, c := range []exchange.Copy{
		{Status: 500, Took: time.Second}, {Status: 204, Took: time.Second}, {Err: errors.New("refused")},
		{Status: 200, Err: errors.New("cut")}, {Dropped: true}, {Dropped: true}, {Dropped: true},
	} {
		c.Trial = trial
		arms.Copied(&c)
	}
	c, _ := a.Copies(s.Scope)
	if c.Sent != 102 || c.Dropped != 3 || c.Failed != 2 || c.Answers != [6]uint64{2: 99, 5: 1} {
		t.Errorf("%+v", c)
	}
	if c.Half < time.Millisecond || c.Half > 2*time.Millisecond || c.Most < time.Second || c.Most > 2*time.Second {
		t.Errorf("half within %s, most within %s", c.Half, c.Most)
	}
	if report, _ := a.Report(s.ID); len(report.Generations) > 0 {
		t.Errorf("counted for the verdict: %+v", report)
	}
	if _, any := a.Copies(route.Scope{Kind: "service", Name: "other"}); any {
		t.Error("another scope has copies")
	}
	arms.Copied(&exchange.Copy{Trial: &route.Trial{}}) // of a test's splitter
}

// TestWithoutAMirror nothing is copied.
func TestWithoutAMirror(t *testing.T) {
	s := state(t, "web", 100, "")
	a := arms.New(arms.Config{Proxy: "p1"})
	a.Rollouts = newStates(s)
	if m := a.Steer(nil).Trials[s.Scope].Mirror; m != nil {
		t.Errorf("the mirror is %+v", m)
	}
}
