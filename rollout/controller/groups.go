package controller

import (
	"maps"
	"slices"

	"weir/rollout"
	"weir/route"
)

// groups is which rollouts besides that of a scope have the groups of their
// policies, as they are now: one that has begun in this round is among them. Of
// several, which people have pushed past each other, it is the first.
func (l *leader) groups(besides route.Scope) map[string]rollout.Holder {
	all := map[string]rollout.Holder{}
	for _, scope := range slices.SortedFunc(maps.Keys(l.states), servicesFirst) {
		s := l.states[scope].state
		if w := l.scopes[scope]; w != nil && w.state.Serial >= s.Serial {
			s = w.state
		}
		h := s.Holder()
		if _, taken := all[s.Policy.Group]; h != nil && !taken && scope != besides {
			all[s.Policy.Group] = *h
		}
	}
	return all
}
