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
	rules Rules
	proxy string
	epoch uint64
	all   []*counted // ascending as Report wants it
	gone  uint64     // the newest generation that was let go of
}

// counted is the counters of one pair of generation and weight.
type counted struct {
	Generation
	hit  Sample      // clients that are named already
	told *Generation // as it was reported last; nil when something was counted since
}

// NewCounter counts from 0. epoch is as in Report.
func NewCounter(proxy string, epoch uint64, rules Rules) *Counter {
	return &Counter{rules: rules, proxy: proxy, epoch: epoch}
}

// Count takes in a unit. One of a generation that was let go of is not counted.
func (c *Counter) Count(d Drawn) { c.CountMany(d, 1) }

// CountMany takes in n units that are all alike.
func (c *Counter) CountMany(d Drawn, n uint64) {
	if n == 0 {
		return
	}
	g := c.generation(d.Generation, d.Weight)
	if g == nil {
		return
	}
	g.told = nil
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
			c.name(arm, &g.hit, d, met)
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

// generation finds or makes the counters of a pair; nil when it is too old or one
// too many.
func (c *Counter) generation(generation uint64, weight route.Weight) *counted {
	like := Generation{Generation: generation, Weight: weight}
	at, there := slices.BinarySearchFunc(c.all, like, func(g *counted, like Generation) int { return compareGenerations(g.Generation, like) })
	switch {
	case there:
		return c.all[at]
	case generation <= c.gone:
		return nil
	case len(c.all) >= keepGenerations && c.all[0].Generation.Generation < generation:
		c.forget()
		return c.generation(generation, weight)
	case len(c.all) == MaxGenerations:
		return nil
	}
	like.Candidate, like.Stable = c.arm(), c.arm()
	c.all = slices.Insert(c.all, at, &counted{Generation: like})
	return c.all[at]
}

// forget lets go of the oldest generation.
func (c *Counter) forget() {
	c.gone = c.all[0].Generation.Generation
	c.all = slices.DeleteFunc(c.all, func(g *counted) bool { return g.Generation.Generation == c.gone })
}

func (c *Counter) arm() Arm {
	a := Arm{Tally: Tally{Bad: Counts{}}, Clients: map[event.Event][]uint32{}}
	for _, met := range c.rules.Events {
		a.Bad[met] = 0
	}
	return a
}

// Report tells the counters. What has not changed is shared with the report
// before: nobody may write to it.
func (c *Counter) Report() Report {
	r := Report{Proxy: c.proxy, Epoch: c.epoch, Generations: make([]Generation, len(c.all))}
	for i, g := range c.all {
		if g.told == nil {
			g.told = &Generation{Generation: g.Generation.Generation, Weight: g.Weight, Candidate: g.Candidate.clone(), Stable: g.Stable.clone()}
		}
		r.Generations[i] = *g.told
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
