package verdict

import (
	"maps"
	"slices"

	"weir/rollout/event"
	"weir/route"
)

// keepGenerations is how many pairs of generation and weight a counter holds
// before it lets go of the oldest generation.
const keepGenerations = 8

// Drawn is a unit that was drawn by weight and has ended.
type Drawn struct {
	Generation uint64       // in force when it was drawn
	Weight     route.Weight // the candidate's share then, on this proxy
	Candidate  bool         // drawn for the candidate, whoever served it in the end
	Client     uint32       // the mark of its client, the same on every proxy
	Met        event.Set
}

// Counter counts for one rollout on one proxy. It holds what Report bounds, and
// is not safe for concurrent use.
type Counter struct {
	rules  Rules
	report Report
	hits   []Sample // clients that are named already, by the order of report.Generations
	gone   uint64   // the newest generation that was let go of
}

// NewCounter counts from 0. epoch is as in Report.
func NewCounter(proxy string, epoch uint64, rules Rules) *Counter {
	return &Counter{rules: rules, report: Report{Proxy: proxy, Epoch: epoch}}
}

// Count takes in a unit. One of a generation that was let go of is not counted.
func (c *Counter) Count(d Drawn) { c.CountMany(d, 1) }

// CountMany takes in n units that are all alike.
func (c *Counter) CountMany(d Drawn, n uint64) {
	at := c.generation(d.Generation, d.Weight)
	if at < 0 || n == 0 {
		return
	}
	g := &c.report.Generations[at]
	arm := &g.Stable
	if d.Candidate {
		arm = &g.Candidate
	}
	arm.Units += n
	if c.rules.Unit == Clients {
		arm.Visitors.Add(d.Client, VisitorLimit)
	}
	for _, met := range c.rules.Events {
		if d.Met.Has(met) {
			arm.Bad[met] += n
			c.name(arm, &c.hits[at], d, met)
		}
	}
}

// name notes the client that met an event, where a verdict needs to know it.
func (c *Counter) name(arm *Arm, hit *Sample, d Drawn, met event.Event) {
	named := arm.Clients[met]
	if c.rules.Unit == Clients {
		if len(named) < MaxMarks && hit.Add(hitKey(met, d.Client), HitLimit) {
			arm.Clients[met] = append(named, d.Client)
		}
		return
	}
	if d.Candidate && len(named) < MinClients && !slices.Contains(named, d.Client) {
		arm.Clients[met] = append(named, d.Client)
	}
}

// generation finds or makes the counters of a pair; below 0 when it is too old
// or one too many.
func (c *Counter) generation(generation uint64, weight route.Weight) int {
	all := c.report.Generations
	like := Generation{Generation: generation, Weight: weight}
	at, there := slices.BinarySearchFunc(all, like, compareGenerations)
	if there {
		return at
	}
	if generation <= c.gone {
		return -1
	}
	if len(all) >= keepGenerations && all[0].Generation < generation {
		c.forget()
		return c.generation(generation, weight)
	}
	if len(all) == MaxGenerations {
		return -1
	}
	like.Candidate, like.Stable = c.arm(), c.arm()
	c.report.Generations = slices.Insert(all, at, like)
	c.hits = slices.Insert(c.hits, at, Sample{})
	return at
}

// forget lets go of the oldest generation.
func (c *Counter) forget() {
	all := c.report.Generations
	c.gone = all[0].Generation
	n := 0
	for n < len(all) && all[n].Generation == c.gone {
		n++
	}
	c.report.Generations, c.hits = slices.Delete(all, 0, n), slices.Delete(c.hits, 0, n)
}

func (c *Counter) arm() Arm {
	a := Arm{Tally: Tally{Bad: Counts{}}, Clients: map[event.Event][]uint32{}}
	for _, met := range c.rules.Events {
		a.Bad[met] = 0
	}
	return a
}

// Report copies the counters.
func (c *Counter) Report() Report {
	r := c.report
	r.Generations = slices.Clone(r.Generations)
	for i := range r.Generations {
		g := &r.Generations[i]
		g.Candidate, g.Stable = g.Candidate.clone(), g.Stable.clone()
	}
	return r
}

func (a Arm) clone() Arm {
	a.Bad = maps.Clone(a.Bad)
	a.Clients = maps.Clone(a.Clients)
	for met, clients := range a.Clients {
		a.Clients[met] = slices.Clone(clients)
	}
	a.Visitors = a.Visitors.clone()
	return a
}
