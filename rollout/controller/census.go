package controller

import (
	"cmp"

	"weir/rollout/detect"
	"weir/route"
)

// census finds the instances of scopes, parsing no tag twice.
type census struct {
	prefix    string // of route tags
	instances []route.Instance
	byService map[string][]int
	byRoute   map[string]map[string]bool // services on a route; nil: not read yet
}

func newCensus(prefix string, instances []route.Instance) *census {
	c := &census{prefix: prefix, instances: instances, byService: map[string][]int{}}
	for i := range instances {
		c.byService[instances[i].Service] = append(c.byService[instances[i].Service], i)
	}
	return c
}

// of lists the places of a scope's instances: those of the service, or of all
// services on the route.
func (c *census) of(s route.Scope) (places []int) {
	if s.Kind == "service" {
		return c.byService[s.Name]
	}
	if c.byRoute == nil {
		c.readRoutes()
	}
	for service := range c.byRoute[s.Name] {
		places = append(places, c.byService[service]...)
	}
	return places
}

// routesOf lists what a person's intent can be about that reaches the instances
// of a scope: itself, and the routes of a service.
func (c *census) routesOf(s route.Scope) []route.Scope {
	list := []route.Scope{s}
	if s.Kind != "service" {
		return list
	}
	if c.byRoute == nil {
		c.readRoutes()
	}
	for key, services := range c.byRoute {
		if services[s.Name] {
			list = append(list, route.Scope{Kind: "route", Name: key})
		}
	}
	return list
}

func (c *census) routePrefix() string { return cmp.Or(c.prefix, "urlprefix-") }

func (c *census) readRoutes() {
	c.byRoute = map[string]map[string]bool{}
	for i := range c.instances {
		in := &c.instances[i]
		for _, text := range in.Tags {
			tag, err := route.ParseTag(c.routePrefix(), in.Datacenter, text)
			if err != nil {
				continue
			}
			if c.byRoute[tag.Source] == nil {
				c.byRoute[tag.Source] = map[string]bool{}
			}
			c.byRoute[tag.Source][in.Service] = true
		}
	}
}

// read tells the versions of a scope apart, with what Nomad knows unless that is
// nil.
func (c *census) read(s route.Scope, known detect.Known, nomad Nomad) detect.Seen {
	var list []route.Instance
	var ids []string
	for _, i := range c.of(s) {
		list = append(list, c.instances[i])
		if id, ok := detect.AllocationID(c.instances[i].ID); ok {
			ids = append(ids, id)
		}
	}
	r := detect.Reader{TagPrefix: c.prefix, Scope: s}
	if nomad != nil {
		r.Allocations = nomad.Allocations(ids)
	}
	return r.Read(list, known)
}
