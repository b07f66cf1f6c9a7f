package controller

import (
	"fmt"

	"weir/rollout"
	"weir/rollout/detect"
	"weir/rollout/policy"
	"weir/route"
)

// isolate gives the candidate's instances, as label has named them, the routes of
// the isolated hostname: those they have in the scope, on another host.
func (c *census) isolate(to *route.Steering, s *rollout.State) {
	if r := s.Routing(); !r.Isolated || r.CanaryHost == "" {
		return
	}
	hostless := map[string]bool{}
	for _, i := range c.of(s.Scope) {
		in := &to.Instances[i]
		if in.Variant != detect.Candidate {
			continue
		}
		tags := c.tags(in, s.Scope)
		for _, tag := range tags {
			switch name, _ := tag.Host(); {
			case name != "" && !isIsolated(&s.Policy, name, tags):
				in.Apart = append(in.Apart, tag.OnHost(s.Policy.IsolatedHost(name)).String())
			case name == "" && !hostless[tag.Source]:
				hostless[tag.Source] = true
				to.Problems = append(to.Problems, problemOf("policy", s.Scope,
					fmt.Sprintf("canary_host %s: the route %s has no host, so no isolated hostname leads there", s.Policy.CanaryHost, tag.Source)))
			}
		}
	}
}

// tags are the route tags of an instance that are of the scope.
func (c *census) tags(in *route.Instance, s route.Scope) (list []route.Tag) {
	for _, text := range in.Tags {
		tag, err := route.ParseTag(c.routePrefix(), in.Datacenter, text)
		if err == nil && (s.Kind == "service" || tag.Source == s.Name) {
			list = append(list, tag)
		}
	}
	return list
}

// isIsolated reports whether the host is an isolated one already, as a tag of the
// candidate can make it.
func isIsolated(p *policy.Policy, host string, tags []route.Tag) bool {
	for _, tag := range tags {
		if name, _ := tag.Host(); name != "" && p.IsolatedHost(name) == host {
			return true
		}
	}
	return false
}
