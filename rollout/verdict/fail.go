package verdict

import (
	"math"
	"slices"

	"weir/rollout/event"
)

// against is the evidence against the candidate: the log of E, and of the part
// of each event.
type against struct {
	all   float64
	parts []float64 // by the order of Rules.Events
}

// against weighs all strata. A start that is still to come has no bad events
// and counts as 1, as it must.
func (e *Evidence) against() against {
	p := newProcess(1)
	base := 1 + e.Rules.Tolerance
	sums := make([]grid, len(e.Rules.Events)) // since the start in hand
	parts := make([]logSum, len(sums))
	var all logSum
	at := len(e.Strata) - 1
	for start := e.Steps - 1; start >= 0; start-- {
		for ; at >= 0 && e.Strata[at].Step == start; at-- {
			s := &e.Strata[at]
			if !s.isDrawn() {
				continue
			}
			odds := p.odds(s.Weight, base)
			for m, met := range e.Rules.Events {
				candidate, stable := s.bad(met, e.Rules.Unit)
				p.weigh(&sums[m], &odds, float64(candidate), float64(stable))
			}
		}
		for m := range sums {
			all.addAll(&sums[m])
			parts[m].addAll(&sums[m])
		}
	}
	a := against{all: all.mean()}
	for m := range parts {
		a.parts = append(a.parts, parts[m].mean())
	}
	return a
}

// leading is the event that speaks most against the candidate.
func (a against) leading() (at int) {
	for m, part := range a.parts {
		if part > a.parts[at] {
			at = m
		}
	}
	return at
}

// settled is the part of the evidence that a verdict may rest on: events that
// are not settled count as 0. A crawler's errors, however many, thus neither
// fail a candidate nor hide what others met.
func (e *Evidence) settled(a against) against {
	b := against{all: math.Inf(-1), parts: slices.Clone(a.parts)}
	var all logSum
	for m, met := range e.Rules.Events {
		if e.isSettled(met) {
			all.add(a.parts[m])
		} else {
			b.parts[m] = math.Inf(-1)
		}
	}
	if all.n > 0 {
		b.all = all.mean() + math.Log(float64(all.n)/float64(len(a.parts)))
	}
	return b
}

// isDrawn reports whether there was a choice of two versions: at 0 and 100 %
// nothing can be compared.
func (s *Stratum) isDrawn() bool { return s.Weight > 0 && s.Weight < 10000 }

// bad is how many bad events count on the candidate and on stable.
func (s *Stratum) bad(met event.Event, unit Unit) (candidate, stable uint64) {
	if unit == Clients {
		return s.Candidate.Hits[met], s.Stable.Hits[met]
	}
	return s.Candidate.Bad[met], s.Stable.Bad[met]
}

// isSettled reports whether bad events of a kind are many enough, and of
// different clients, for a verdict: three errors of one crawler are none.
func (e *Evidence) isSettled(met event.Event) bool {
	var bad uint64
	for i := range e.Strata {
		candidate, _ := e.Strata[i].bad(met, e.Rules.Unit)
		bad += candidate
	}
	return bad >= MinBad && (e.Rules.Unit == Clients || len(e.Witnesses[met]) >= MinClients)
}
