package registry

import (
	"context"
	"slices"

	"weir/route"
)

// Rollouts is the part of the rollouts' controller that a Publisher needs. It
// is safe for concurrent use.
type Rollouts interface {
	// Known reports whether it is known what rollouts there are. It stays so.
	Known() bool
	// Changed is closed when Known or Steer may say something else. Who waits
	// takes it before asking these.
	Changed() <-chan struct{}
	// Steer says what rollouts make of the instances, which it does not change.
	Steer([]route.Instance) route.Steering
}

// steer puts in what rollouts want. Where a person has an intent for the same
// scope, that counts and not the rollout's, unless it is overruled.
func (r *recipe) steer(s route.Steering) {
	r.Instances, r.Trials, r.Closed, r.generations = s.Instances, s.Trials, s.Closed, s.Generations
	r.Drains = s.Drains
	r.unread = slices.Concat(r.unread, s.Problems)
	overruled := func(i route.Intent) bool { return slices.Contains(s.Overruled, i.Scope) }
	r.Intents = slices.DeleteFunc(slices.Clone(r.Intents), overruled)
	var theirs []route.Intent
	for _, i := range s.Intents {
		if _, person := r.people[i.Scope]; !person || overruled(i) {
			theirs = append(theirs, i)
		}
	}
	r.Intents = slices.Concat(theirs, r.Intents)
}

// watch sends an event whenever what rollouts want may have changed.
func watch(ctx context.Context, r Rollouts, events chan<- event) {
	for {
		changed := r.Changed()
		send(ctx, events, func(*inputs) {})
		select {
		case <-ctx.Done():
			return
		case <-changed:
		}
	}
}

// Instances are those that the sources knew last, before rollouts named their
// variants, and whether all sources can be read now. The list must not be
// changed.
func (p *Publisher) Instances() (all []route.Instance, fresh bool) {
	v := p.view.Load()
	return v.instances, v.fresh
}
