package route_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"weir/route"
)

// onTrial builds the route of a service with instances by variant, "canary" with
// "-" in front being down, with shares for the service, of which a trial is.
func onTrial(shares map[string]route.Weight, instances ...string) *route.Route {
	table, _ := route.Build(trialInput(shares, instances...))
	return table.HTTP("", "/", false)
}

func trialInput(shares map[string]route.Weight, instances ...string) route.Input {
	scope := route.Scope{Kind: "service", Name: "web"}
	in := route.Input{
		Intents: []route.Intent{{Scope: scope, Shares: shares}},
		Trials:  map[route.Scope]*route.Trial{scope: {Generation: 7, Rollout: "r1", Candidate: "canary"}},
	}
	for i, variant := range instances {
		up := variant[0] != '-'
		if !up {
			variant = variant[1:]
		}
		in.Instances = append(in.Instances, route.Instance{Service: "web", ID: fmt.Sprint(i), Variant: variant,
			Address: fmt.Sprint("10.0.0.", i), Port: 80, Up: up, Tags: []string{"urlprefix-/"}})
	}
	return in
}

// TestWhoIsDrawnForATrial tells whose the draws are, and who serves them: an
// arm without an instance keeps its draws.
func TestWhoIsDrawnForATrial(t *testing.T) {
	type shares = map[string]route.Weight
	for name, c := range map[string]struct {
		shares      shares
		instances   []string
		weight      route.Weight
		low, high   string // variants that serve the least and the greatest draw
		none, whole bool   // no draw, every draw is the candidate's
	}{
		"tenth":                   {shares{"canary": 1000, "stable": 9000}, []string{"canary", "stable"}, 1000, "canary", "stable", false, false},
		"the rest is not named":   {shares{"canary": 1000}, []string{"canary", "stable"}, 1000, "canary", "stable", false, false},
		"preview":                 {shares{"canary": 0, "stable": 10000}, []string{"canary", "stable"}, 0, "stable", "stable", true, false},
		"all":                     {shares{"canary": 10000, "stable": 0}, []string{"canary", "stable"}, 10000, "canary", "canary", false, true},
		"the candidate is down":   {shares{"canary": 1000, "stable": 9000}, []string{"-canary", "stable"}, 1000, "stable", "stable", false, false},
		"stable is down":          {shares{"canary": 1000, "stable": 9000}, []string{"canary", "-stable"}, 1000, "canary", "canary", false, false},
		"the low end is its":      {shares{"beta": 2000, "canary": 1000}, []string{"beta", "canary", "stable"}, 1000, "canary", "stable", false, false},
		"too much is scaled down": {shares{"beta": 10000, "canary": 10000}, []string{"beta", "canary", "stable"}, 5000, "canary", "beta", false, false},
	} {
		r := onTrial(c.shares, c.instances...)
		trial, weight := r.Trial()
		if trial == nil || trial.Rollout != "r1" || weight != c.weight {
			t.Errorf("%s: trial %+v at %s, want %s", name, trial, weight, c.weight)
			continue
		}
		if r.Candidate(0) == c.none || r.Candidate(math.MaxUint64) != c.whole {
			t.Errorf("%s: the least draw is the candidate's: %t, the greatest: %t", name, r.Candidate(0), r.Candidate(math.MaxUint64))
		}
		low, high := r.Pick(route.Draw{}).Variant(), r.Pick(route.Draw{Variant: math.MaxUint64}).Variant()
		if low != c.low || high != c.high {
			t.Errorf("%s: the least draw is served by %s and the greatest by %s", name, low, high)
		}
	}
	if r := canaryAt(1000, route.Random); r.Candidate(0) {
		t.Error("a draw without a trial is a candidate's")
	}
}

// TestTheArmIsWhoServes shows for any weight and draw that with instances in
// both variants the arm is the variant that serves.
func TestTheArmIsWhoServes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := route.Weight(rapid.IntRange(0, 10000).Draw(t, "weight"))
		r := onTrial(map[string]route.Weight{"canary": w, "stable": route.Full - w}, "canary", "stable")
		d := rapid.Uint64().Draw(t, "draw")
		if serves := r.Pick(route.Draw{Variant: d}).Variant() == "canary"; serves != r.Candidate(d) {
			t.Fatalf("at %s draw %d: served by the candidate %t, its arm %t", w, d, serves, !serves)
		}
	})
}

// TestPinned reaches a variant whatever its share, as long as it has somebody.
func TestPinned(t *testing.T) {
	none := map[string]route.Weight{"canary": 0, "stable": 10000}
	r := onTrial(none, "canary", "canary", "-canary", "stable")
	seen := map[string]int{}
	for i := range uint64(1000) {
		seen[r.Pick(route.Draw{Pinned: "canary", Variant: math.MaxUint64, Target: i << 54}).Addr()]++
	}
	if seen["10.0.0.0:80"] < 400 || seen["10.0.0.1:80"] < 400 || len(seen) != 2 {
		t.Errorf("pinned clients reach %v", seen)
	}
	for _, c := range []struct {
		pinned string
		tried  []string
		want   string
	}{
		{"canary", []string{"10.0.0.0:80"}, "10.0.0.1:80"},
		{"canary", []string{"10.0.0.0:80", "10.0.0.1:80"}, "10.0.0.3:80"},
		{"nobody", nil, "10.0.0.3:80"},
		{"stable", []string{"10.0.0.3:80"}, ""},
	} {
		got := ""
		if target := r.Pick(route.Draw{Pinned: c.pinned}, c.tried...); target != nil {
			got = target.Addr()
		}
		if got != c.want {
			t.Errorf("pinned to %s after %v: %q, want %q", c.pinned, c.tried, got, c.want)
		}
	}
}

// TestNobodyStandsInForStable where the policy wants it so: its draws get nobody,
// and the candidate's serve.
func TestNobodyStandsInForStable(t *testing.T) {
	type shares = map[string]route.Weight
	for name, c := range map[string]struct {
		shares    shares
		instances []string
		low, high string // who serves the least and the greatest draw
		stable    string // and those pinned to stable
		problem   string
	}{
		"it is up":                   {shares{"canary": 1000, "stable": 9000}, []string{"canary", "stable"}, "canary", "stable", "stable", ""},
		"it is down":                 {shares{"canary": 1000, "stable": 9000}, []string{"canary", "-stable"}, "canary", "", "", "stable asks for 90%"},
		"it has left":                {shares{"canary": 1000, "stable": 9000}, []string{"canary"}, "canary", "", "", "stable asks for 90%"},
		"before the first weight":    {shares{"canary": 0, "stable": 10000}, []string{"canary"}, "", "", "", "stable asks for 100%"},
		"nor does a retired version": {shares{"canary": 1000, "stable": 9000}, []string{"canary", "retired"}, "canary", "", "", "stable asks for 90%"},
		"nor in a person's intent":   {shares{"canary": 3000}, []string{"canary", "retired"}, "canary", "", "", "stable asks for 70%"},
		"that names too little":      {shares{"canary": 3000, "stable": 100}, []string{"canary", "-stable"}, "canary", "", "", "stable asks for 70%"},
		"both are down":              {shares{"canary": 1000, "stable": 9000}, []string{"-canary", "-stable"}, "", "", "", "stable asks for 100%"},
		"it is to have none":         {shares{"canary": 10000, "stable": 0}, []string{"canary", "-stable"}, "canary", "canary", "", ""},
		"it stands in for others":    {shares{"canary": 1000, "stable": 9000}, []string{"-canary", "stable"}, "stable", "stable", "stable", "canary asks for 10%"},
	} {
		r, problems := closedTrial(c.shares, c.instances...)
		serves := func(d route.Draw, tried ...string) string {
			if to := r.Pick(d, tried...); to != nil {
				return to.Variant()
			}
			return ""
		}
		low, high := serves(route.Draw{}), serves(route.Draw{Variant: math.MaxUint64})
		if pinned := serves(route.Draw{Pinned: "stable"}); low != c.low || high != c.high || pinned != c.stable {
			t.Errorf("%s: %q, %q and pinned %q, want %q, %q and %q", name, low, high, pinned, c.low, c.high, c.stable)
		}
		if got := fmt.Sprint(problems); !strings.Contains(got, c.problem) || c.problem == "" && len(problems) > 0 {
			t.Errorf("%s: problems %s, want %q", name, got, c.problem)
		}
	}
	r, _ := closedTrial(shares{"canary": 1000, "stable": 9000}, "canary", "stable")
	if to := r.Pick(route.Draw{Variant: math.MaxUint64}, "10.0.0.1:80"); to != nil {
		t.Errorf("a client of stable whose target refuses gets %s", to.Variant())
	}
}

// closedTrial is onTrial where nobody stands in for stable.
func closedTrial(shares map[string]route.Weight, instances ...string) (*route.Route, []route.Problem) {
	in := trialInput(shares, instances...)
	in.Closed = map[route.Scope]bool{in.Intents[0].Scope: true}
	table, problems := route.Build(in)
	return table.HTTP("", "/", false), problems
}
