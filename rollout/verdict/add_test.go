package verdict

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"weir/rollout/event"
	"weir/route"
)

// TestImpossibleReports: what cannot be right is left out whole and named, and
// the other proxies of the round count.
func TestImpossibleReports(t *testing.T) {
	good := func() Report { return report("edge-1", 5, 500, met5xx(10, 2), met5xx(100, 3)) }
	pairs := func(of ...uint64) (r Report) {
		r = Report{Proxy: "edge-1", Epoch: 1}
		for _, g := range of {
			r.Generations = append(r.Generations, Generation{g, 500, met5xx(20, 2), met5xx(100, 3)})
		}
		return r
	}
	for _, c := range []struct {
		name string
		r    Report
		want string
	}{
		{"backwards", report("edge-1", 5, 500, met5xx(9, 2), met5xx(100, 3)), "generation 5: candidate: units went back from 10 to 9 within an epoch"},
		{"fewer errors", report("edge-1", 5, 500, met5xx(10, 2), met5xx(100, 2)), "generation 5: stable: http_5xx went back from 3 to 2 within an epoch"},
		{"old epoch", Report{Proxy: "edge-1", Epoch: 0}, "epoch 0 is before 1, which was seen"},
		{"more errors than units", report("edge-1", 5, 500, met5xx(10, 11), met5xx(100, 3)), "11 of 10 units met http_5xx"},
		{"another weight", report("edge-1", 5, 600, met5xx(10, 2), met5xx(100, 3)), "generation 5: its counters at 5% are missing"},
		{"no weight", report("edge-1", 5, 10001, met5xx(10, 2), met5xx(100, 3)), "weight is 10001 basis points, want 0 to 10000"},
		{"does not count", report("edge-1", 5, 500, Arm{Tally: Tally{Units: 10}}, met5xx(100, 3)), "http_5xx is not counted"},
		{"too much", report("edge-1", 5, 500, met5xx(1<<54, 2), met5xx(100, 3)), "18014398509481984 units are more than 2^53"},
		{"not in order", pairs(6, 5), "generation 5 at 5% is out of order"},
		{"twice", pairs(5, 5), "generation 5 at 5% is out of order"},
		{"came back", pairs(4, 5), "generation 4: it came back after it had left the reports"},
		{"too many", pairs(make([]uint64, 17)...), "17 generations, at most 16 are taken"},
		{"no name", Report{Epoch: 1}, "a name of 0 bytes, want 1 to 255"},
		{"a crowd", report("edge-1", 5, 500, Arm{Tally: met5xx(10, 2).Tally, Clients: map[event.Event][]uint32{event.HTTPStatus: make([]uint32, MaxMarks+1)}}, met5xx(100, 3)), "32769 clients are named for http_5xx, at most 32768 are taken"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := begun(t, oneEvent(), 1)
			first := report("edge-1", 4, 500, met5xx(1, 0), met5xx(1, 0))
			if problems := e.Add(first, good()); problems != nil {
				t.Fatal(problems)
			}
			before := e.Strata[0].Candidate.Tally.only(e.Rules.Events)
			problems := e.Add(c.r, report("edge-2", 5, 500, met5xx(1, 0), met5xx(1, 0)))
			want := fmt.Sprintf("counters of proxy %q: ", c.r.Proxy)
			if len(problems) != 1 || !strings.HasPrefix(problems[0].Error(), want) || !strings.Contains(problems[0].Error(), c.want) {
				t.Errorf("%v, want %q", problems, c.want)
			}
			before.Units++
			if got := e.Strata[0].Candidate.Tally; !reflect.DeepEqual(got, before) {
				t.Errorf("counted %v, want %v", got, before)
			}
		})
	}
}

// TestLimits: what is beyond a limit is named and does not count.
func TestLimits(t *testing.T) {
	e := begun(t, oneEvent(), 1)
	for i := range MaxStrata + 1 {
		problems := e.Add(report("edge-1", uint64(i+1), route.Weight(i), met5xx(1, 0), met5xx(1, 0)))
		if (problems != nil) != (i == MaxStrata) {
			t.Fatal(i, problems)
		}
	}
	for i := 1; i <= MaxProxies; i++ {
		problems := e.Add(report(fmt.Sprint("other-", i), 1, 1, met5xx(1, 0), met5xx(1, 0)))
		if (problems != nil) != (i == MaxProxies) {
			t.Fatal(i, problems)
		}
	}
	if _, err := New(oneEvent(), MaxSteps+1); err == nil {
		t.Error("65 steps")
	}
}

// TestGenerationsBelongToSteps: a lagging proxy's old generation counts in the
// step before, one from before the rollout not at all.
func TestGenerationsBelongToSteps(t *testing.T) {
	e, _ := New(oneEvent(), 2)
	for _, g := range []uint64{10, 20} {
		if err := e.Begin(g); err != nil {
			t.Fatal(err)
		}
	}
	for i, g := range []uint64{9, 10, 19, 20, 21} {
		e.Add(report(fmt.Sprint("edge-", i), g, 500, met5xx(1, 1), met5xx(1, 0)))
	}
	if len(e.Strata) != 2 || e.Strata[0].Candidate.Units != 2 || e.Strata[1].Candidate.Units != 2 {
		t.Errorf("%+v", e.Strata)
	}
	if err := e.Begin(20); err == nil || !strings.Contains(err.Error(), "want above 20") {
		t.Error(err)
	}
	if err := e.Begin(30); err != nil || len(e.Starts) != 2 {
		t.Error("a third step of two goes on the second", err, e.Starts)
	}
}

// TestRules: an error names the field and its range.
func TestRules(t *testing.T) {
	for _, c := range []struct {
		change func(*Rules)
		want   string
	}{
		{func(r *Rules) { r.Alpha = 0 }, "alpha is 0, want from 1e-9 to 0.5"},
		{func(r *Rules) { r.Beta = 1 }, "beta is 1, want from 1e-9 to 0.5"},
		{func(r *Rules) { r.Tolerance = -1 }, "tolerance is -1, want from 0 to 10"},
		{func(r *Rules) { r.Margin = 1 }, "margin is 1, want from 1e-9 to below 1"},
		{func(r *Rules) { r.BadRateMax = 0 }, "bad_rate_max is 0, want above 0 and at most 1"},
		{func(r *Rules) { r.Events = nil }, "rules name no bad events"},
		{func(r *Rules) { r.Events = []event.Event{event.ClientError} }, "http_4xx cannot be judged"},
		{func(r *Rules) { r.Events = append(r.Events, event.HTTPStatus) }, "http_5xx is named twice"},
		{func(r *Rules) { r.Unit = "user" }, `unit is "user", want "request" or "client"`},
	} {
		r := DefaultRules()
		c.change(&r)
		if err := r.Check(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}
