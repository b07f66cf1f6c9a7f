package controller

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"weir/rollout"
	"weir/rollout/detect"
	"weir/route"
)

// drains are the versions of a state that get no new clients, with the instances
// there are. One that has none goes on draining what is open with those that have
// left.
func (c *census) drains(s *rollout.State, seen detect.Seen) (list []route.Drain) {
	drains := s.Routing().Drains
	if len(drains) == 0 {
		return nil
	}
	versions := map[string]string{} // of instances, by Ref
	for _, g := range seen {
		for _, ref := range g.Instances {
			versions[ref] = g.Key
		}
	}
	names := map[string][]route.Name{}
	for _, i := range c.of(s.Scope) {
		in := &c.instances[i]
		key := versions[detect.Ref(in)]
		names[key] = append(names[key], route.Name{Service: in.Service, Instance: in.ID})
	}
	for _, key := range slices.Sorted(maps.Keys(drains)) {
		d, there := drains[key], names[key]
		slices.SortFunc(there, func(a, b route.Name) int {
			return cmp.Or(strings.Compare(a.Service, b.Service), strings.Compare(a.Instance, b.Instance))
		})
		list = append(list, route.Drain{Scope: s.Scope, Version: key, Instances: slices.Compact(there), Max: d.Max.Of(), Rate: int(d.Rate)})
	}
	return list
}
