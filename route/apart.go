package route

import (
	"fmt"
	"slices"
)

// apart makes the routes that instances have apart from others.
type apart struct {
	*builder
	owners map[string]owner // of host names, without ports
}

// owner is the service that has a host.
type owner struct {
	service string
	shared  bool // with instances that are not apart
}

// addApart adds the routes of Instance.Apart when all others are known.
func (b *builder) addApart(instances []*Instance) {
	a := apart{b, map[string]owner{}}
	for _, in := range instances {
		if len(in.Apart) == 0 {
			continue
		}
		_, others := in.sortTags(b.opts.TagPrefix)
		id, _ := in.identify(others)
		for _, tag := range in.Apart {
			t := in.target(tag, others)
			if err := a.add(in, id, t, b.opts.TagPrefix+tag); err != nil {
				b.trouble(t, err.Error())
			}
		}
	}
}

// add makes one of the routes, unless the instance has it by a tag already. A
// weight among others does not count here, and a redirect leads away.
func (a *apart) add(in *Instance, id identity, t *Target, tag string) error {
	s, err := a.read(in, t, tag)
	if t.settings == nil || t.settings.redirect != "" {
		return err
	}
	name, _, _ := cutPort(s.host)
	if by := a.owner(name, in); by.shared || by.service != in.Service {
		return fmt.Errorf("the isolated hostname %s is not made: %s has it already", name, by.service)
	}
	if d := a.routes[s.place()]; d != nil {
		if i := slices.IndexFunc(d.targets, in.has); i >= 0 {
			d.targets[i].apart = true
			return nil
		}
	}
	t.apart = true
	return a.addTarget(s, t, id, err)
}

// owner finds out who has a host that in would have apart.
func (a *apart) owner(name string, in *Instance) owner {
	by, known := a.owners[name]
	if known {
		return by
	}
	by.service = in.Service
	for _, d := range a.routes {
		if host, _, _ := cutPort(d.host); host != name {
			continue
		}
		for _, t := range d.targets {
			if t.service != in.Service || t.variant != in.Variant {
				by = owner{t.service, true}
			}
		}
	}
	a.owners[name] = by
	return by
}

// Apart reports whether the route is there by Instance.Apart for all its targets.
func (r *Route) Apart() bool {
	return !slices.ContainsFunc(r.targets, func(t *Target) bool { return !t.apart })
}

// has reports whether t is the instance's.
func (in *Instance) has(t *Target) bool {
	return t.service == in.Service && t.instance == in.ID && t.node == in.Node
}
