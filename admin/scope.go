package admin

import (
	"fmt"
	"slices"
	"strings"

	"weir/route"
)

// scope is a service or route with what the current table has of it.
type scope struct {
	route.Scope
	routes   []*route.Route // that an intent of it is about
	variants []string       // of those, the trusted one last
}

// find looks a scope up in the current table. Without a route it is unknown.
func (a *Admin) find(s route.Scope) scope { return scopeIn(a.Live.Load(), s) }

// scopeIn looks a scope up in a table.
func scopeIn(table *route.Table, s route.Scope) scope {
	found := scope{Scope: s}
	for _, r := range table.Routes() {
		names := variantsOf(r, s)
		if names == nil {
			continue
		}
		found.routes = append(found.routes, r)
		for _, name := range names {
			if !slices.Contains(found.variants, name) {
				found.variants = append(found.variants, name)
			}
		}
	}
	return found
}

func (s scope) known() bool { return len(s.routes) > 0 }

// variantsOf names the variants of r that an intent of s is about; nil for none.
func variantsOf(r *route.Route, s route.Scope) (names []string) {
	if s.Kind == "route" && s.Name != r.Key() || s.Kind == "service" && !slices.Contains(r.Services(), s.Name) {
		return nil
	}
	for _, v := range r.Variants() {
		ours := func(t *route.Target) bool { return s.Kind == "route" || t.Service() == s.Name }
		if slices.ContainsFunc(v.Targets, ours) { // an intent may name a variant that has left
			names = append(names, v.Name)
		}
	}
	return names
}

// unknown is the 404 for a scope that is not in the table.
func (a *Admin) unknown(s route.Scope) error {
	text := fmt.Sprintf("no %s %q in the routing table", s.Kind, s.Name)
	if s.Kind == "route" && !strings.ContainsAny(s.Name, "/:") {
		text += fmt.Sprintf("; a route's key holds its path, perhaps %q", s.Name+"/")
	}
	return fail(UnknownScope, text, params{"scope": s.String()})
}

// shares tells what the variants of each route of s get.
func (s scope) shares() []RouteShares {
	list := make([]RouteShares, 0, len(s.routes))
	for _, r := range s.routes {
		shares := RouteShares{Key: r.Key(), Variants: []Share{}}
		for _, v := range r.Variants() {
			shares.Variants = append(shares.Variants, shareState(v))
		}
		list = append(list, shares)
	}
	return list
}
