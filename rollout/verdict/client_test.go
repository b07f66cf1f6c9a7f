package verdict

import (
	"testing"

	"weir/rollout/event"
	"weir/route"
)

// TestClientCountsOnce: the first bad event of a client counts, on whichever
// proxy and version it was. One that failed on stable and then joins the
// candidate's cohort says nothing of the candidate.
func TestClientCountsOnce(t *testing.T) {
	rules := oneEvent()
	rules.Unit = Clients
	e, err := New(rules, 2)
	if err != nil {
		t.Fatal(err)
	}
	a, b := NewCounter("a", 1, rules), NewCounter("b", 1, rules)
	met := event.Set(0).With(event.HTTPStatus)
	drawn := func(generation uint64, candidate bool, client uint32) Drawn {
		return Drawn{Generation: generation, Weight: 1000, Candidate: candidate, Client: client, Met: met}
	}
	if err := e.Begin(1); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		a.Count(drawn(1, false, 7)) // the same client, a hundred times
	}
	b.Count(drawn(1, false, 7)) // and on another proxy
	e.Add(a.Report(), b.Report())
	if err := e.Begin(2); err != nil {
		t.Fatal(err)
	}
	a.Count(drawn(2, true, 7)) // now on the candidate
	a.Count(drawn(2, true, 8)) // one that has not failed before
	b.Count(drawn(2, true, 9)) // likewise
	e.Add(b.Report(), a.Report())
	first, second := e.Strata[0], e.Strata[1]
	if got := first.Stable.Hits[event.HTTPStatus]; got != 1 {
		t.Errorf("%d clients hit on stable, want 1", got)
	}
	if got := second.Candidate.Hits[event.HTTPStatus]; got != 2 {
		t.Errorf("%d clients hit on the candidate, want 2", got)
	}
	if got := second.Candidate.HitsNow[event.HTTPStatus]; got != 3 {
		t.Errorf("%d clients hit in the second step, want 3: what it passes by begins anew", got)
	}
	if first.Stable.Bad[event.HTTPStatus] != 101 || first.Stable.Visitors != 1 || second.Candidate.Visitors != 3 {
		t.Errorf("%+v %+v", first.Stable, second.Candidate)
	}
}

// TestPassCountsClients: with clients as the unit, a few that come often are
// not enough to pass.
func TestPassCountsClients(t *testing.T) {
	rules := oneEvent()
	rules.Unit, rules.Margin = Clients, 0.02
	for _, c := range []struct {
		clients uint32
		want    Outcome
	}{{10, Inconclusive}, {300, Pass}} {
		e, counter := begun(t, rules, 1), NewCounter("a", 1, rules)
		for i := range uint32(100_000) {
			counter.Count(Drawn{Generation: 1, Weight: 5000, Candidate: i%2 == 0, Client: i % (2 * c.clients)})
		}
		e.Add(counter.Report())
		if d := e.Decide(); d.Outcome != c.want {
			t.Errorf("%d clients on each version: %s (%s), want %s", c.clients, d.Outcome, d.Reason, c.want)
		}
	}
}

// TestCounterForgetsOldGenerations and does not count what ends after that.
func TestCounterForgetsOldGenerations(t *testing.T) {
	c := NewCounter("a", 1, oneEvent())
	e := begun(t, oneEvent(), 1)
	for g := uint64(1); g <= 30; g++ {
		c.Count(Drawn{Generation: g, Weight: 100})
		c.Count(Drawn{Generation: max(g, 20) - 19, Weight: 100})
		if problems := e.Add(c.Report()); problems != nil {
			t.Fatal(problems)
		}
	}
	if n := len(c.Report().Generations); n != keepGenerations {
		t.Errorf("%d generations are kept, want %d", n, keepGenerations)
	}
	if got := e.Strata[0].Stable.Units; got != 30+8 {
		t.Errorf("%d units counted", got)
	}
	for w := range 40 {
		c.Count(Drawn{Generation: 31, Weight: route.Weight(w)})
	}
	if n := len(c.Report().Generations); n != MaxGenerations {
		t.Errorf("%d weights of one generation are kept, want %d", n, MaxGenerations)
	}
}
