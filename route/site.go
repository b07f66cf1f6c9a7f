package route

import (
	"slices"
	"sort"
	"strings"
)

// site is a host pattern and its routes.
type site struct {
	host   string
	rank   int      // position among all hosts, the most specific first
	root   *Route   // the one with path "/"
	routes []*Route // by match; descending with the matcher Glob
	parent []int32  // of each route the longest other one that is its prefix, or -1
	match  Matcher
}

func newSite(host string, routes []*Route, m Matcher) *site {
	s := &site{host: host, match: m}
	slices.SortFunc(routes, compareMatch)
	s.routes = join(routes)
	for _, r := range s.routes {
		if r.source.match == "/" && len(r.targets) > 0 {
			s.root = r
		}
	}
	if m == Glob {
		slices.Reverse(s.routes)
		return s
	}
	if len(s.routes) > 1 {
		s.link()
	}
	return s
}

// compareMatch orders routes by path, those with conditions as they are looked at
// and before the one without.
func compareMatch(a, b *Route) int {
	if c := strings.Compare(a.source.match, b.source.match); c != 0 {
		return c
	}
	if a.when == nil || b.when == nil {
		return btoi(a.when == nil) - btoi(b.when == nil)
	}
	return a.when.precedes(b.when)
}

// join makes one of the routes, ordered by compareMatch, that have the same path.
func join(routes []*Route) []*Route {
	if !slices.ContainsFunc(routes, func(r *Route) bool { return r.when != nil }) {
		return routes
	}
	var joined []*Route
	for len(routes) > 0 {
		end := 1
		for end < len(routes) && routes[end].source.match == routes[0].source.match {
			end++
		}
		head := routes[end-1]
		forks := routes[:end-1]
		if head.when != nil {
			forks = routes[:end]
			head = &Route{source: source{host: head.host, path: head.path, match: head.source.match}, paths: head.paths}
		}
		if len(forks) > 0 {
			head.forks = forks
		}
		joined, routes = append(joined, head), routes[end:]
	}
	return joined
}

// sorted lists the routes by path.
func (s *site) sorted() (all []*Route) {
	heads := s.routes
	if s.match == Glob {
		heads = slices.Clone(s.routes)
		slices.Reverse(heads)
	}
	for _, r := range heads {
		all = append(all, r.forks...)
		if len(r.targets) > 0 {
			all = append(all, r)
		}
	}
	return all
}

// link fills parent. Prefixes stand before what they are prefixes of.
func (s *site) link() {
	s.parent = make([]int32, len(s.routes))
	var open []int32 // the chain of prefixes of the route before
	for i, r := range s.routes {
		for len(open) > 0 && !strings.HasPrefix(r.source.match, s.routes[open[len(open)-1]].source.match) {
			open = open[:len(open)-1]
		}
		s.parent[i] = -1
		if len(open) > 0 {
			s.parent[i] = open[len(open)-1]
		}
		open = append(open, int32(i))
	}
}

// find returns the route for a path in normal form, or nil. Without a request it
// is one without conditions.
func (s *site) find(path string, asked Asked) *Route {
	if s.match != Glob {
		return s.longest(path, asked)
	}
	for _, r := range s.routes {
		if !r.paths.match(path) {
			continue
		}
		if r = r.fork(asked); r != nil {
			return r
		}
	}
	return nil
}

// longest finds the longest prefix of path: it is the greatest route not
// greater than path, or one that this begins with.
func (s *site) longest(path string, asked Asked) *Route {
	fold := s.match == PrefixFold
	i := sort.Search(len(s.routes), func(i int) bool {
		n := common(s.routes[i].source.match, path, fold)
		return after(s.routes[i].source.match, path, n, fold)
	}) - 1
	for i >= 0 {
		r := s.routes[i]
		if common(r.source.match, path, fold) == len(r.source.match) {
			if r = r.fork(asked); r != nil {
				return r
			}
		}
		if s.parent == nil {
			return nil
		}
		i = int(s.parent[i])
	}
	return nil
}

// common counts the bytes in which match and the beginning of path agree.
func common(match, path string, fold bool) int {
	n := min(len(match), len(path))
	for i := range n {
		if match[i] != path[i] && !(fold && match[i] == lower(path[i])) {
			return i
		}
	}
	return n
}

// after reports whether match, which agrees with path in n bytes, sorts behind.
func after(match, path string, n int, fold bool) bool {
	if n == len(match) || n == len(path) {
		return n < len(match)
	}
	c := path[n]
	if fold {
		c = lower(c)
	}
	return match[n] > c
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}
