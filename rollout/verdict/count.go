package verdict

import (
	"fmt"
	"slices"

	"weir/rollout/event"
)

// makeRoom makes the strata that the generations belong to, all or none.
func (e *Evidence) makeRoom(fresh []Generation) error {
	for _, g := range fresh {
		if step := e.step(g.Generation); step >= 0 && e.stratum(step, g.Weight) == nil {
			return fmt.Errorf("generation %d has the weight %s, and %d pairs of step and weight are counted already", g.Generation, g.Weight, MaxStrata)
		}
	}
	return nil
}

// count adds what is new in a generation to its stratum.
func (e *Evidence) count(g Generation, now *Round) {
	step := e.step(g.Generation)
	if step < 0 {
		return // drawn before the rollout
	}
	now.Candidate.add(g.Candidate.Tally)
	now.Stable.add(g.Stable.Tally)
	s := e.stratum(step, g.Weight)
	s.Candidate.add(g.Candidate.Tally)
	s.Stable.add(g.Stable.Tally)
	for _, met := range e.Rules.Events {
		if e.Rules.Unit == Requests {
			e.witness(met, g.Candidate.Clients[met])
			continue
		}
		e.hit(s.Step, &s.Candidate, met, g.Candidate.Clients[met])
		e.hit(s.Step, &s.Stable, met, g.Stable.Clients[met])
	}
}

// witness remembers the first few clients.
func (e *Evidence) witness(met event.Event, clients []uint32) {
	for _, c := range clients {
		if len(e.Witnesses[met]) >= MinClients {
			return
		}
		if slices.Contains(e.Witnesses[met], c) {
			continue
		}
		if e.Witnesses == nil {
			e.Witnesses = map[event.Event][]uint32{}
		}
		e.Witnesses[met] = append(e.Witnesses[met], c)
	}
}

// hit counts the clients that no proxy has named before: in the rollout, and in
// the current step.
func (e *Evidence) hit(step int, side *Side, met event.Event, clients []uint32) {
	for _, c := range clients {
		key := hitKey(met, c)
		if e.Hit.Add(key, HitLimit) {
			side.Hits = side.Hits.plus(met)
		}
		if e.isCurrent(step) && e.HitNow.Add(key, HitLimit) {
			side.HitsNow = side.HitsNow.plus(met)
		}
	}
}

func (c Counts) plus(met event.Event) Counts {
	if c == nil {
		c = Counts{}
	}
	c[met]++
	return c
}

// countVisitors counts how many different clients came in the current step, over
// all proxies.
func (e *Evidence) countVisitors(round []Report) {
	came := make([][2]Sample, len(e.Strata))
	for _, r := range round {
		for _, g := range r.Generations {
			at, there := slices.BinarySearchFunc(e.Strata, Stratum{Step: e.step(g.Generation), Weight: g.Weight}, compareStrata)
			if there && e.isCurrent(e.Strata[at].Step) {
				came[at][0].Merge(g.Candidate.Visitors, VisitorLimit)
				came[at][1].Merge(g.Stable.Visitors, VisitorLimit)
			}
		}
	}
	for i := range e.Strata {
		s := &e.Strata[i]
		s.Candidate.Visitors = max(s.Candidate.Visitors, came[i][0].Count())
		s.Stable.Visitors = max(s.Stable.Visitors, came[i][1].Count())
	}
}

func (e *Evidence) isCurrent(step int) bool { return step == len(e.Starts)-1 }
