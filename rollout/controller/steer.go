package controller

import (
	"cmp"
	"maps"
	"slices"

	"weir/rollout"
	"weir/rollout/detect"
	"weir/rollout/policy"
	"weir/route"
)

// Steer implements registry.Rollouts. A state for a route beats one for a
// service of the route.
func (c *Controller) Steer(instances []route.Instance) route.Steering {
	to := route.Steering{Instances: instances, Problems: c.view.problems()}
	list, _ := c.view.allPolicies()
	_, more := inForce(list, instances)
	to.Problems = append(to.Problems, more...)
	local, states := c.view.emergencies(), c.view.all() // in this order: a state that ends an emergency is there with it
	if len(states) == 0 {
		return to
	}
	to.Instances, to.Generations, to.Closed = slices.Clone(instances), map[route.Scope]uint64{}, map[route.Scope]bool{}
	all := newCensus(c.conf.TagPrefix, instances)
	for _, scope := range slices.SortedFunc(maps.Keys(states), servicesFirst) {
		s := states[scope].state
		if s.Schema == 0 {
			continue
		}
		if now, counts := local[scope].over(s); counts {
			s, to.Overruled = now, append(to.Overruled, all.routesOf(scope)...)
		} else {
			to.Generations[scope] = s.Generation // else it does not follow the state, and counts nothing for it
		}
		seen := all.versions(&s)
		there := all.label(to.Instances, &s, seen)
		all.isolate(&to, &s)
		to.Closed[scope] = s.Routing().StableLost == policy.FailClosed
		to.Drains = append(to.Drains, all.drains(&s, seen)...)
		if in, controlled := s.Intent(); controlled && len(there) > 0 {
			// A variant that has a share and no instance spills, visibly; one
			// that has none is nothing to point out.
			maps.DeleteFunc(in.Shares, func(name string, w route.Weight) bool { return w == 0 && !there[name] })
			to.Intents = append(to.Intents, in)
		}
	}
	return to
}

// versions are those of a state's instances; none under a policy that leaves them
// alone.
func (c *census) versions(s *rollout.State) detect.Seen {
	if s.Policy.Strategy == "" || s.Policy.Strategy == policy.None {
		return nil
	}
	return c.read(s.Scope, s.Known(), nil)
}

// label names the variants of a state's instances, and tells which there are.
func (c *census) label(instances []route.Instance, s *rollout.State, seen detect.Seen) (there map[string]bool) {
	there = map[string]bool{}
	names := seen.Variants(s.Stable.Key, s.Candidate.Key)
	for _, i := range c.of(s.Scope) {
		if name := names[detect.Ref(&instances[i])]; name != "" {
			instances[i].Variant, there[name] = name, true
		}
	}
	return there
}

func servicesFirst(a, b route.Scope) int {
	return cmp.Or(cmp.Compare(b.Kind, a.Kind), cmp.Compare(a.Name, b.Name))
}
