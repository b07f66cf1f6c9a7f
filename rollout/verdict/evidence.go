package verdict

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"weir/rollout/event"
	"weir/route"
)

// Limits of evidence.
const (
	MaxStrata  = 256 // pairs of a step and a weight
	MaxProxies = 256 // of a fleet
	// RecentRounds is how many rounds the guard on the total rate looks back:
	// a minute where the proxies are asked every five seconds.
	RecentRounds = 12
)

// Evidence is all that a verdict knows: whole numbers, and what is needed to
// take in the next reports. As JSON it can be put away and continued by another
// leader, with the same result bit for bit. It is not safe for concurrent use.
type Evidence struct {
	Schema int   `json:"schema"` // Schema
	Rules  Rules `json:"rules"`
	// Steps is how many starts are planned, one for each step that sets a
	// weight. E is the average over them.
	Steps  int      `json:"steps"`
	Starts []uint64 `json:"starts"` // the generation with which each step that has begun began
	// Strata are the counts by step and weight, ascending.
	Strata []Stratum `json:"strata"`
	// Proxies is how far each proxy's counters were read.
	Proxies map[string]Seen `json:"proxies,omitempty"`
	// Hit are the clients that count no more, with Clients as the unit. It is
	// one set for both versions: a client that failed on stable before it
	// joined the candidate's cohort would otherwise count on the candidate
	// only, and a few such clients fake a regression at every step.
	Hit Sample `json:"hit,omitzero"`
	// HitNow are those that met something in the current step. PASS is about
	// one step: a client that fails again has to count again, or those that are
	// known to be bad, and those that are known to be good, would make the step
	// look better than it is.
	HitNow Sample `json:"hit_now,omitzero"`
	// Witnesses are the first clients that met an event on the candidate, up to
	// MinClients, with Requests as the unit.
	Witnesses map[event.Event][]uint32 `json:"witnesses,omitempty"`
	Recent    []Round                  `json:"recent,omitempty"` // the last rounds, oldest first
}

// Schema is the version of the JSON form.
const Schema = 1

// Stratum is what units met that were drawn in one step with one weight.
type Stratum struct {
	Step      int          `json:"step"` // from 0
	Weight    route.Weight `json:"weight"`
	Candidate Side         `json:"candidate"`
	Stable    Side         `json:"stable"`
}

// Side is one arm of a stratum, summed over the fleet.
type Side struct {
	Tally
	// With Clients as the unit: how many met it for the first time in the
	// rollout, how many for the first time in the step while it was the current
	// one, and how many came.
	Hits     Counts `json:"hits,omitempty"`
	HitsNow  Counts `json:"hits_now,omitempty"`
	Visitors uint64 `json:"visitors,omitempty"`
}

// Round is what came in with one call of Add.
type Round struct {
	Candidate Tally `json:"candidate"`
	Stable    Tally `json:"stable"`
}

// New begins with nothing. steps is how many steps of the policy set a weight,
// 1 to MaxSteps.
func New(rules Rules, steps int) (*Evidence, error) {
	if err := rules.Check(); err != nil {
		return nil, err
	}
	if steps < 1 || steps > MaxSteps {
		return nil, fmt.Errorf("%d steps, want 1 to %d", steps, MaxSteps)
	}
	return &Evidence{Schema: Schema, Rules: rules, Steps: steps, Proxies: map[string]Seen{}}, nil
}

// Begin starts the next step: what is drawn from this generation on belongs to
// it. When all planned starts are used up the step goes on the last one. An
// error says that generation is not above the last step's.
func (e *Evidence) Begin(generation uint64) error {
	if n := len(e.Starts); n > 0 && generation <= e.Starts[n-1] {
		return fmt.Errorf("a step begins with generation %d, want above %d of the step before", generation, e.Starts[n-1])
	}
	if len(e.Starts) < e.Steps {
		e.Starts = append(e.Starts, generation)
		e.HitNow = Sample{}
	}
	return nil
}

// step is the step that a generation belongs to, -1 before the first one.
func (e *Evidence) step(generation uint64) int {
	at, begins := slices.BinarySearch(e.Starts, generation)
	if begins {
		return at
	}
	return at - 1
}

// stratum finds or makes the place of a step and weight; nil when there are too
// many.
func (e *Evidence) stratum(step int, weight route.Weight) *Stratum {
	at, there := slices.BinarySearchFunc(e.Strata, Stratum{Step: step, Weight: weight}, compareStrata)
	if !there {
		if len(e.Strata) == MaxStrata {
			return nil
		}
		e.Strata = slices.Insert(e.Strata, at, Stratum{Step: step, Weight: weight})
	}
	return &e.Strata[at]
}

func compareStrata(a, b Stratum) int {
	return cmp.Or(cmp.Compare(a.Step, b.Step), cmp.Compare(a.Weight, b.Weight))
}

// Clone copies the evidence, so that one can be carried on and the other kept.
func (e *Evidence) Clone() *Evidence {
	c := *e
	c.Rules.Events = slices.Clone(e.Rules.Events)
	c.Starts = slices.Clone(e.Starts)
	c.Strata = slices.Clone(e.Strata)
	for i := range c.Strata {
		c.Strata[i].Candidate = c.Strata[i].Candidate.clone()
		c.Strata[i].Stable = c.Strata[i].Stable.clone()
	}
	c.Proxies = maps.Clone(e.Proxies) // its values are never written to
	c.Hit, c.HitNow = e.Hit.clone(), e.HitNow.clone()
	c.Witnesses = maps.Clone(e.Witnesses)
	for k, v := range c.Witnesses {
		c.Witnesses[k] = slices.Clone(v)
	}
	c.Recent = slices.Clone(e.Recent) // likewise
	return &c
}

func (s Side) clone() Side {
	s.Bad, s.Hits, s.HitsNow = maps.Clone(s.Bad), maps.Clone(s.Hits), maps.Clone(s.HitsNow)
	return s
}
