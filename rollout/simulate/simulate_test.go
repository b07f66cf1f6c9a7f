package simulate

import (
	"context"
	"encoding/json"
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"weir/rollout/policy"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// some is one case of each sort.
func some() []Case {
	s := &suite{}
	s.steady(Healthy, "steady", 2, Candidate{Risk: 1})
	s.stepped(Broken, "stepped", hard(), Candidate{Risk: 5, From: 12 * time.Minute})
	s.stepped(Healthy, "sticky", sticky(), Candidate{Risk: 1})
	s.add(Marginal, "until pass", until(policy.ByConn, 0.005), fleet(), Candidate{Risk: 2})
	return s.cases
}

// TestSameSeedSameResults, however many CPUs share the work; another seed gives
// others.
func TestSameSeedSameResults(t *testing.T) {
	play := func(seed uint64) string {
		results, err := Simulate(t.Context(), some(), Options{Runs: 4, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(results)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	many := play(1)
	before := runtime.GOMAXPROCS(1)
	one := play(1)
	runtime.GOMAXPROCS(before)
	if one != many {
		t.Errorf("on one CPU\n%s\non many\n%s", one, many)
	}
	if play(2) == many {
		t.Error("another seed gives the same")
	}
}

// TestMoreRunsContinue: what the first runs came to does not depend on how many
// follow.
func TestMoreRunsContinue(t *testing.T) {
	c := some()[1]
	few, err := Simulate(t.Context(), []Case{c}, Options{Runs: 3, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	many, err := Simulate(t.Context(), []Case{c}, Options{Runs: 6, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, took := range few[0].Judges[0].Took {
		if !slices.Contains(many[0].Judges[0].Took, took) {
			t.Errorf("%v is not among %v", took, many[0].Judges[0].Took)
		}
	}
}

// TestProgress is told of every run.
func TestProgress(t *testing.T) {
	var told []int
	_, err := Simulate(t.Context(), some()[:2], Options{Runs: 3, Seed: 1, Progress: func(done, all int) {
		if told = append(told, done); all != 6 {
			t.Errorf("of %d", all)
		}
	}})
	if err != nil || len(told) != 6 || told[5] != 6 {
		t.Error(told, err)
	}
}

// TestItEndsWhenAsked, without waiting for the rest.
func TestItEndsWhenAsked(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	_, err := Simulate(ctx, some(), Options{Runs: 1e6, Seed: 1, Progress: func(done, all int) { stop() }})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestBadCases are named with the value and the range.
func TestBadCases(t *testing.T) {
	for _, c := range []struct {
		change func(*Case)
		want   string
	}{
		{func(c *Case) { c.Traffic.Rate = 0 }, "rate is 0, want 0.001 to 100000"},
		{func(c *Case) { c.Traffic.Drift = 3 }, "drift is 3, want 0 to 2"},
		{func(c *Case) { c.Traffic.Outages = -1 }, "part of minutes with an outage is -1, want 0 to 1"},
		{func(c *Case) { c.Traffic.Proxies = 0 }, "number of proxies is 0, want 1 to 100"},
		{func(c *Case) { c.Traffic.Lag = 2 * time.Hour }, "lag in minutes is 120, want 0 to 60"},
		{func(c *Case) { c.Traffic.Clients = 1e6 }, "number of clients is 1e+06, want 0 to 100000"},
		{func(c *Case) { c.Traffic.Broken = 0.5 }, "some clients are broken or misfit, want none"},
		{func(c *Case) { c.Policy.Cohort.By = policy.ByCookie }, "number of clients is 0, want at least 1: they stay with their version (cohort by cookie)"},
		{func(c *Case) { c.Traffic.Clients = 7 }, "number of clients is 7, want 0: each request is drawn for itself (cohort by conn)"},
		{func(c *Case) { c.Candidate.Risk = -1 }, "risk is -1 times, want 0 to 1000"},
		{func(c *Case) { c.Candidate.From = -1 }, "risk begins after -1ns, want 0 or more"},
		{func(c *Case) { c.Candidate.Misfits = 2 }, "part of misfit clients is 2, want 0 to 1"},
		{func(c *Case) { c.Policy.Strategy, c.Policy.Steps = policy.Observe, nil }, "never shares traffic between two versions (strategy observe)"},
	} {
		bad := some()[0]
		c.change(&bad)
		if _, err := Simulate(t.Context(), []Case{bad}, Options{Runs: 1}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}
