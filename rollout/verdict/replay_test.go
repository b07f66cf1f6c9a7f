package verdict

import (
	"bytes"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"weir/rollout/event"
	"weir/route"
)

// drawUnits makes units of a rollout over some proxies, in the order of time.
// A generation has one weight; proxies may lag a generation behind.
func drawUnits(t *rapid.T, rules Rules) (units []Drawn, on []int) {
	weights := rapid.SliceOfN(rapid.SampledFrom([]route.Weight{100, 500, 2500, 5000, 10000}), 1, 4).Draw(t, "weights")
	n := rapid.IntRange(0, 120).Draw(t, "units")
	for i := range n {
		generation := i * len(weights) / n
		if rapid.Bool().Draw(t, "lags") && generation > 0 {
			generation--
		}
		met := event.Set(0)
		for _, e := range rules.Events {
			if rapid.IntRange(0, 3).Draw(t, "bad") == 0 {
				met = met.With(e)
			}
		}
		units = append(units, Drawn{Generation: uint64(generation + 1), Weight: weights[generation], Candidate: rapid.Bool().Draw(t, "candidate"),
			Client: rapid.Uint32Range(0, 20).Draw(t, "client") << 8, Met: met})
		on = append(on, rapid.IntRange(0, 2).Draw(t, "proxy"))
	}
	return units, on
}

func counters(rules Rules) []*Counter {
	return []*Counter{NewCounter("a", 1, rules), NewCounter("b", 1, rules), NewCounter("c", 1, rules)}
}

func reports(counters []*Counter) (all []Report) {
	for _, c := range counters {
		all = append(all, c.Report())
	}
	return all
}

func twoEvents(unit Unit) Rules {
	r := DefaultRules()
	r.Unit = unit
	return r
}

// stepped makes evidence of which every generation begins a step.
func stepped(t *rapid.T, rules Rules) *Evidence {
	e, err := New(rules, 4)
	if err != nil {
		t.Fatal(err)
	}
	for generation := range uint64(4) {
		if err := e.Begin(generation + 1); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

// TestRoundsDoNotMatter: with requests as the unit, what is known in the end does
// not depend on when which proxy was asked, nor on a report that came twice.
func TestRoundsDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules := twoEvents(Requests)
		units, on := drawUnits(t, rules)
		often, once, proxies := stepped(t, rules), stepped(t, rules), counters(rules)
		for i, u := range units {
			proxies[on[i]].Count(u)
			asked := rapid.Permutation(reports(proxies)).Draw(t, "order")
			if problems := often.Add(asked[:rapid.IntRange(0, 3).Draw(t, "asked")]...); problems != nil {
				t.Fatal(problems)
			}
		}
		all := reports(proxies)
		for _, e := range []*Evidence{often, once} {
			if problems := e.Add(all...); problems != nil {
				t.Fatal(problems)
			}
		}
		sameStrata(t, often, once)
		if !reflect.DeepEqual(often.Proxies, once.Proxies) {
			t.Errorf("seen %+v, want %+v", often.Proxies, once.Proxies)
		}
	})
}

// TestProxiesSum: units count the same on one proxy and spread over three.
func TestProxiesSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules := twoEvents(rapid.SampledFrom([]Unit{Requests, Clients}).Draw(t, "unit"))
		units, on := drawUnits(t, rules)
		spread, alone := stepped(t, rules), stepped(t, rules)
		many, single := counters(rules), NewCounter("a", 1, rules)
		for i, u := range units {
			many[on[i]].Count(u)
			single.Count(u)
			spread.Add(reports(many)...)
			alone.Add(single.Report())
		}
		sameStrata(t, spread, alone)
	})
}

func sameStrata(t *rapid.T, a, b *Evidence) {
	t.Helper()
	drop := func(e *Evidence) (full []Stratum) {
		for _, s := range e.Strata {
			if s.Candidate.Units+s.Stable.Units > 0 {
				full = append(full, s)
			}
		}
		return full
	}
	if a, b := drop(a), drop(b); !reflect.DeepEqual(a, b) {
		t.Errorf("strata %+v\nand %+v", a, b)
	}
	if a, b := a.against(), b.against(); !reflect.DeepEqual(a, b) {
		t.Errorf("evidence %+v and %+v", a, b)
	}
}

// TestLeadersContinue: evidence that is put away and taken up by another leader
// at any moment, or replayed from the same reports, is the same bit for bit.
func TestLeadersContinue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules := twoEvents(rapid.SampledFrom([]Unit{Requests, Clients}).Draw(t, "unit"))
		units, on := drawUnits(t, rules)
		first, proxies := stepped(t, rules), counters(rules)
		second := stepped(t, rules)
		for i, u := range units {
			proxies[on[i]].Count(u)
			if rapid.IntRange(0, 30).Draw(t, "restart") == 0 {
				proxies[on[i]] = NewCounter(proxies[on[i]].proxy, uint64(i+2), rules)
			}
			all := reports(proxies)
			first.Add(all...)
			kept := second.Clone()
			second.Add(all...)
			if rapid.Bool().Draw(t, "fails over") { // before the round was written
				second = carried(t, kept)
				second.Add(all...)
			}
		}
		if a, b := encoded(t, first), encoded(t, second); !bytes.Equal(a, b) {
			t.Errorf("%s\n%s", a, b)
		}
		if a, b := first.Judge(), carried(t, second).Judge(); !reflect.DeepEqual(a, b) {
			t.Errorf("%+v\n%+v", a, b)
		}
	})
}

func encoded(t *rapid.T, e *Evidence) []byte {
	b, err := e.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func carried(t *rapid.T, e *Evidence) *Evidence {
	again, err := Decode(encoded(t, e))
	if err != nil {
		t.Fatal(err)
	}
	return again
}

// TestRestartIsNoLoss: counters that begin again from 0 add to what was read.
func TestRestartIsNoLoss(t *testing.T) {
	e := begun(t, oneEvent(), 1)
	for _, r := range []Report{
		report("a", 1, 500, met5xx(10, 2), met5xx(100, 3)),
		report("a", 1, 500, met5xx(15, 4), met5xx(110, 3)),
		{Proxy: "a", Epoch: 2, Generations: []Generation{{1, 500, met5xx(5, 1), met5xx(50, 0)}}},
	} {
		if problems := e.Add(r); problems != nil {
			t.Fatal(problems)
		}
	}
	if c, s := e.Strata[0].Candidate.Tally, e.Strata[0].Stable.Tally; c.Units != 20 || c.Bad[event.HTTPStatus] != 5 || s.Units != 160 {
		t.Error(c, s)
	}
}

// TestCloneIsApart: nothing of a clone is written to by the original.
func TestCloneIsApart(t *testing.T) {
	rules := twoEvents(Clients)
	e, c := begun(t, rules, 2), NewCounter("a", 1, rules)
	met := event.Set(0).With(event.HTTPStatus)
	c.Count(Drawn{Generation: 1, Weight: 500, Candidate: true, Client: 1, Met: met})
	e.Add(c.Report())
	clone := e.Clone()
	before, _ := clone.Encode()
	c.Count(Drawn{Generation: 1, Weight: 500, Candidate: true, Client: 2, Met: met})
	c.Count(Drawn{Generation: 2, Weight: 900, Client: 3, Met: met})
	e.Begin(2)
	for range 2 * RecentRounds {
		e.Add(c.Report())
	}
	after, _ := clone.Encode()
	if !bytes.Equal(before, after) {
		t.Errorf("%s\n%s", before, after)
	}
	if slices.Equal(clone.Starts, e.Starts) {
		t.Error("the original did not go on")
	}
}
