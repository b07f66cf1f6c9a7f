package controller

import (
	"cmp"
	"slices"

	"weir/route"
)

// problems lists what is wrong with documents.
func (v *view) problems() []route.Problem {
	v.mu.Lock()
	defer v.mu.Unlock()
	list := slices.Clone(v.strays)
	for scope, k := range v.states {
		if k.problem != "" {
			list = append(list, problemOf("rollout", scope, k.problem))
		}
	}
	for scope, e := range v.local {
		list = append(list, problemOf("emergency", scope, e.String()))
	}
	for _, p := range v.policies {
		if why := cmp.Or(p.Problem, p.Stale); why != "" {
			list = append(list, route.Problem{Source: "policy", Service: p.Service, Text: p.Name, Reason: p.inFile(why)})
		}
	}
	list = append(list, v.fileProblems()...)
	slices.SortFunc(list, func(a, b route.Problem) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Text, b.Text))
	})
	return list
}

func problemOf(source string, s route.Scope, reason string) route.Problem {
	p := route.Problem{Source: source, Text: s.String(), Reason: reason}
	if s.Kind == "service" {
		p.Service = s.Name
	}
	return p
}
