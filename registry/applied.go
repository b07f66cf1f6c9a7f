package registry

import (
	"weir/intent"
	"weir/route"
)

// applied says what the current table follows.
type applied struct {
	indices     map[route.Scope]uint64 // of the writes of intents
	intents     map[route.Scope]route.Intent
	generations map[route.Scope]uint64 // of rollouts
	next        chan struct{}          // closed when there is a newer one
}

// Applied is the index of the intent of s that the current table was built
// with, be it in force or expired; 0 when there was none, or none that could
// be read.
func (p *Publisher) Applied(s route.Scope) uint64 { return p.applied.Load().indices[s] }

// Generation is that of the rollouts of s which the current table follows; 0
// when it knows none.
func (p *Publisher) Generation(s route.Scope) uint64 { return p.applied.Load().generations[s] }

// Intended is the intent of a person for s that is in force in the current table.
func (p *Publisher) Intended(s route.Scope) (route.Intent, bool) {
	in, there := p.applied.Load().intents[s]
	return in, there
}

// Changed is closed when there may be something new: another table, or another
// answer of Applied, Intended, Generation or Instances. Who waits takes it before asking
// these.
func (p *Publisher) Changed() <-chan struct{} { return p.applied.Load().next }

// follow says that the current table follows these inputs.
func (p *Publisher) follow(in *inputs, made *recipe) {
	now := &applied{intents: made.people, generations: made.generations, next: make(chan struct{})}
	if in.wishes != nil {
		now.indices = in.wishes.value.indices
	}
	close(p.applied.Swap(now).next)
}

func indicesOf(entries []intent.Entry) map[route.Scope]uint64 {
	indices := make(map[route.Scope]uint64, len(entries))
	for _, e := range entries {
		indices[e.Scope] = e.Index
	}
	return indices
}
