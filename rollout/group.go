package rollout

import (
	"fmt"

	"weir/route"
)

// Holder is the rollout that a group is kept by.
type Holder struct {
	Scope route.Scope
	Waits bool // it goes on only when a person acts
}

// Holder is what others of the policy's group wait for; nil when they need not:
// a rollout keeps its group from its first step until it has ended. It waits for
// none then, so that no two wait for each other.
func (s *State) Holder() *Holder {
	if s.Policy.Group == "" || !s.Policy.Controls() || !s.isActive() || s.Stage == Preview {
		return nil
	}
	return &Holder{s.Scope, s.waitsForPeople()}
}

// awaitGroup holds a rollout that is ready while another one has its group.
func (r *run) awaitGroup(ready bool) {
	h, taken := r.in.Groups[r.Policy.Group]
	message := fmt.Sprintf("%s goes first: it has the group %s", h.Scope, r.Policy.Group)
	if h.Waits {
		message += ", and waits for somebody"
	}
	r.hold(ByGroup, ready && taken && r.Policy.Group != "", message)
}

// hasGroup reports whether the rollout needs no group, or may take it.
func (r *run) hasGroup() bool {
	return r.Policy.Group == "" || r.in.Groups != nil && !r.has(ByGroup)
}
