package detect

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"weir/route"
)

// Reader tells versions apart.
type Reader struct {
	TagPrefix   string // of route tags; empty is urlprefix-
	Scope       route.Scope
	Allocations map[string]Allocation // what Nomad knows, by allocation ID; nil where it is not asked
}

// Read groups the instances of the scope by version. The key of an instance is,
// first that applies: the one that it names, what Nomad knows, what is
// remembered of it, one that is made up for a canary that names none, and the
// name of its service where the scope is a route. What is left belongs to
// stable, or to the candidate while that is being promoted.
func (r *Reader) Read(instances []route.Instance, known Known) Seen {
	all := r.inScope(instances)
	k := newKeyer(known, r.Scope.Kind == "route", all)
	groups := map[string]*Group{}
	keys := make([]string, len(all))
	var main []string // routes of stable
	for i := range all {
		key := k.key(&all[i])
		if groups[key] == nil {
			groups[key] = &Group{Key: key, Made: isMade(key)}
		}
		groups[key].add(&all[i])
		if keys[i] = key; key == known.Stable {
			main = append(main, all[i].routes...)
		}
	}
	for i := range all {
		if isOn(main, all[i].routes) {
			groups[keys[i]].OnRoute++
		}
	}
	return sorted(groups)
}

// inScope are the instances of the service, or of the services on the route.
func (r *Reader) inScope(instances []route.Instance) []traits {
	services := map[string]bool{r.Scope.Name: r.Scope.Kind == "service"}
	all := make([]traits, len(instances))
	for i := range instances {
		all[i] = r.read(&instances[i])
		if r.Scope.Kind == "route" && slices.Contains(all[i].routes, r.Scope.Name) {
			services[all[i].service] = true
		}
	}
	all = slices.DeleteFunc(all, func(t traits) bool { return !services[t.service] })
	slices.SortFunc(all, func(a, b traits) int { return strings.Compare(a.ref, b.ref) })
	return all
}

// isOn reports whether the instance with these routes has one of stable's. Where
// stable has none they all count.
func isOn(stable, routes []string) bool {
	return len(stable) == 0 || slices.ContainsFunc(routes, func(s string) bool { return slices.Contains(stable, s) })
}

// add takes in an instance.
func (g *Group) add(t *traits) {
	g.All++
	g.Made = g.Made && t.key == ""
	if t.up {
		g.Up++
	}
	if t.isMarked() {
		g.Marked++
	}
	g.Variant = or(g.Variant, t.variant)
	g.Instances = append(g.Instances, t.ref)
	if t.key == "" || t.isMarked() || strings.Contains(g.Key, "#") {
		g.Remember = append(g.Remember, Digest(t.ref))
	}
	if t.alloc == nil {
		return
	}
	if t.alloc.Canary {
		g.Canaries++
		if t.alloc.Healthy {
			g.Healthy++
		}
	}
	if g.Nomad == nil || g.Nomad.JobVersion < t.alloc.JobVersion {
		n := t.alloc.Nomad
		g.Nomad = &n
	}
}

// sorted puts the groups in the order of their keys.
func sorted(groups map[string]*Group) Seen {
	seen := Seen{}
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		slices.Sort(groups[key].Remember)
		seen = append(seen, *groups[key])
	}
	return seen
}

// newest orders versions: the one that came last is first.
func newest(a, b Group) int {
	return cmp.Or(cmp.Compare(b.jobVersion(), a.jobVersion()), cmp.Compare(b.Up, a.Up), cmp.Compare(a.Key, b.Key))
}

func (g *Group) jobVersion() uint64 {
	if g.Nomad == nil {
		return 0
	}
	return g.Nomad.JobVersion
}
