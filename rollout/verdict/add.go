package verdict

import (
	"cmp"
	"fmt"
	"slices"

	"weir/rollout/event"
)

// Seen is how far the counters of a proxy were read.
type Seen struct {
	Epoch uint64 `json:"epoch"`
	// Gone is the newest generation that left the proxy's reports. Counters of
	// it or of older ones that come back would count twice.
	Gone        uint64       `json:"gone,omitempty"`
	Generations []Generation `json:"generations"` // without clients
}

// Refused is why a report was left out whole: it cannot be right.
type Refused struct {
	Proxy string
	Err   error // names the counter
}

func (r *Refused) Error() string { return fmt.Sprintf("counters of proxy %q: %v", r.Proxy, r.Err) }

func (r *Refused) Unwrap() error { return r.Err }

// Add takes in one round of reports, at most one of each proxy: what they
// counted since the last time. Each of the problems is a *Refused. A proxy that
// is missing costs power, not validity.
func (e *Evidence) Add(round ...Report) (problems []error) {
	var now Round
	var taken []Report
	for _, r := range round {
		if err := e.take(r, &now); err != nil {
			problems = append(problems, &Refused{r.Proxy, err})
			continue
		}
		taken = append(taken, r)
	}
	if e.Rules.Unit == Clients {
		e.countVisitors(taken)
	}
	if len(e.Recent) >= RecentRounds {
		e.Recent = slices.Delete(e.Recent, 0, len(e.Recent)-RecentRounds+1)
	}
	e.Recent = append(e.Recent, now)
	return problems
}

// take adds what is new in a report.
func (e *Evidence) take(r Report, now *Round) error {
	seen, known := e.Proxies[r.Proxy]
	switch {
	case r.Proxy == "" || len(r.Proxy) > maxName:
		return fmt.Errorf("a name of %d bytes, want 1 to %d", len(r.Proxy), maxName)
	case !known && len(e.Proxies) >= MaxProxies:
		return fmt.Errorf("%d proxies are counted already", MaxProxies)
	}
	next, fresh, err := seen.advance(r, e.Rules.Events)
	if err != nil {
		return err
	}
	if err := e.makeRoom(fresh); err != nil {
		return err
	}
	for _, g := range fresh {
		e.count(g, now)
	}
	e.Proxies[r.Proxy] = next
	return nil
}

// advance compares a report with what was seen. It returns what is seen then,
// and the generations with only what is new in them.
func (s Seen) advance(r Report, events []event.Event) (next Seen, fresh []Generation, err error) {
	switch {
	case r.Epoch < s.Epoch:
		return Seen{}, nil, fmt.Errorf("epoch %d is before %d, which was seen", r.Epoch, s.Epoch)
	case r.Epoch > s.Epoch:
		s = Seen{Epoch: r.Epoch}
	}
	if len(r.Generations) > MaxGenerations {
		return Seen{}, nil, fmt.Errorf("%d generations, at most %d are taken", len(r.Generations), MaxGenerations)
	}
	next = Seen{Epoch: r.Epoch, Gone: s.Gone, Generations: make([]Generation, 0, len(r.Generations))}
	fresh = make([]Generation, 0, len(r.Generations))
	for i, g := range r.Generations {
		if i > 0 && compareGenerations(r.Generations[i-1], g) >= 0 {
			return Seen{}, nil, fmt.Errorf("generation %d at %s is out of order", g.Generation, g.Weight)
		}
		if err := g.check(events); err != nil {
			return Seen{}, nil, fmt.Errorf("generation %d: %w", g.Generation, err)
		}
		if before, known := find(s.Generations, g); known && before.Candidate.isAs(g.Candidate, events) && before.Stable.isAs(g.Stable, events) {
			next.Generations = append(next.Generations, before) // most are of steps that are over
			continue
		}
		news, err := s.since(g, events)
		if err != nil {
			return Seen{}, nil, fmt.Errorf("generation %d: %w", g.Generation, err)
		}
		fresh = append(fresh, news)
		next.Generations = append(next.Generations, Generation{Generation: g.Generation, Weight: g.Weight,
			Candidate: Arm{Tally: g.Candidate.only(events)}, Stable: Arm{Tally: g.Stable.only(events)}})
	}
	return next, fresh, next.forget(s.Generations)
}

// forget takes note of the generations that left the reports.
func (s *Seen) forget(before []Generation) error {
	for _, g := range before {
		if _, there := find(s.Generations, g); there {
			continue
		}
		if slices.ContainsFunc(s.Generations, func(n Generation) bool { return n.Generation == g.Generation }) {
			return fmt.Errorf("generation %d: its counters at %s are missing", g.Generation, g.Weight)
		}
		s.Gone = max(s.Gone, g.Generation)
	}
	return nil
}

// since is what is new in a generation.
func (s Seen) since(g Generation, events []event.Event) (Generation, error) {
	before, known := find(s.Generations, g)
	if !known && g.Generation <= s.Gone {
		return g, fmt.Errorf("it came back after it had left the reports")
	}
	var err error
	if g.Candidate.Tally, err = g.Candidate.since(before.Candidate.Tally, events); err != nil {
		return g, fmt.Errorf("candidate: %w", err)
	}
	if g.Stable.Tally, err = g.Stable.since(before.Stable.Tally, events); err != nil {
		return g, fmt.Errorf("stable: %w", err)
	}
	return g, nil
}

// find finds the counters of the same generation and weight.
func find(all []Generation, like Generation) (Generation, bool) {
	at, there := slices.BinarySearchFunc(all, like, compareGenerations)
	if !there {
		return Generation{}, false
	}
	return all[at], true
}

func compareGenerations(a, b Generation) int {
	return cmp.Or(cmp.Compare(a.Generation, b.Generation), cmp.Compare(a.Weight, b.Weight))
}

// only copies the tally with none but events.
func (t Tally) only(events []event.Event) Tally {
	c := Tally{Units: t.Units, Bad: make(Counts, len(events))}
	for _, e := range events {
		c.Bad[e] = t.Bad[e]
	}
	return c
}
