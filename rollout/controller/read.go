package controller

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"weir/rollout"
	"weir/route"
	"weir/store"
)

// Rollout is what this proxy knows of one scope.
type Rollout struct {
	rollout.State
	Problem string        // why the document in the store does not count; empty: it does
	Stale   string        // why the store cannot be read now; empty: it can
	Policy  string        // name of the policy in force; empty: none. State.Policy is that of the rollout
	Applied uint64        // generation that the table of this proxy follows
	Intent  *route.Intent // of a person, which counts instead of State.Weight; nil: none
	// Emergency gives the candidate weight 0 on this proxy, whatever else is said;
	// nil: there is none.
	Emergency *Emergency
}

// List lists what is known, services first, by name.
func (c *Controller) List() (list []Rollout) {
	policies := c.inForce()
	for scope, k := range c.view.all() {
		if k.exists() {
			list = append(list, c.describe(scope, k, policies[scope]))
		}
	}
	slices.SortFunc(list, func(a, b Rollout) int { return servicesFirst(a.Scope, b.Scope) })
	return list
}

// Get is what is known of a scope; false when that is nothing.
func (c *Controller) Get(scope route.Scope) (Rollout, bool) {
	k := c.view.one(scope)
	if !k.exists() {
		return Rollout{}, false
	}
	return c.describe(scope, k, c.inForce()[scope]), true
}

func (c *Controller) describe(scope route.Scope, k known, p *Policy) Rollout {
	r := Rollout{State: k.state, Problem: k.problem, Applied: c.Publisher.Generation(scope)}
	if err := c.view.away(); err != nil {
		r.Stale = err.Error()
		r.freeze()
	}
	if in, ok := c.Publisher.Intended(scope); ok {
		r.Intent = &in
	}
	if p != nil {
		r.Policy = p.Name
	}
	if e, there := c.view.emergencies()[scope]; there {
		r.Emergency = &e
	}
	return r
}

// freeze shows that a rollout under way cannot move.
func (r *Rollout) freeze() {
	switch r.Stage {
	case rollout.Preview, rollout.Progressing, rollout.Baking, rollout.Promoting, rollout.Aborting:
		r.Phase = rollout.Frozen
	}
}

// History lists the finished rollouts of a scope, the newest first, with a
// problem for each record that cannot be read.
func (c *Controller) History(ctx context.Context, scope route.Scope) ([]rollout.Record, []route.Problem, error) {
	list, problems, err := listOf[rollout.Record](ctx, c.conf.Store, below(records, scope)+"/")
	slices.Reverse(list)
	return list, problems, err
}

// Audit lists who changed what, oldest first, of one scope, or with the zero
// Scope of all by time; with a problem for each entry that cannot be read.
func (c *Controller) Audit(ctx context.Context, scope route.Scope) ([]rollout.Entry, []route.Problem, error) {
	folder := entries
	if scope != (route.Scope{}) {
		folder = below(entries, scope) + "/"
	}
	list, problems, err := listOf[rollout.Entry](ctx, c.conf.Store, folder)
	if scope == (route.Scope{}) {
		slices.SortStableFunc(list, func(a, b rollout.Entry) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Serial, b.Serial)) })
	}
	return list, problems, err
}

func listOf[T any](ctx context.Context, from store.Store, folder string) (list []T, problems []route.Problem, err error) {
	all, err := from.List(ctx, folder)
	for _, e := range all {
		var one T
		if err := json.Unmarshal(e.Value, &one); err != nil {
			problems = append(problems, route.Problem{Source: "rollout", Text: e.Key, Reason: err.Error()})
			continue
		}
		list = append(list, one)
	}
	return list, problems, err
}
