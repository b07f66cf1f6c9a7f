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
	s := &site{host: host, routes: routes, match: m}
	slices.SortFunc(routes, func(a, b *Route) int { return strings.Compare(a.source.match, b.source.match) })
	for _, r := range routes {
		if r.source.match == "/" {
			s.root = r
		}
	}
	if m == Glob {
		slices.Reverse(routes)
		return s
	}
	if len(routes) > 1 {
		s.link()
	}
	return s
}

// sorted lists the routes by path.
func (s *site) sorted() []*Route {
	if s.match != Glob {
		return s.routes
	}
	routes := slices.Clone(s.routes)
	slices.Reverse(routes)
	return routes
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

// find returns the route for a path in normal form, or nil.
func (s *site) find(path string) *Route {
	if s.match == Glob {
		for _, r := range s.routes {
			if r.paths.match(path) {
				return r
			}
		}
		return nil
	}
	return s.longest(path)
}

// longest finds the longest prefix of path: it is the greatest route not
// greater than path, or one that this begins with.
func (s *site) longest(path string) *Route {
	fold := s.match == PrefixFold
	i := sort.Search(len(s.routes), func(i int) bool {
		n := common(s.routes[i].source.match, path, fold)
		return after(s.routes[i].source.match, path, n, fold)
	}) - 1
	for i >= 0 {
		r := s.routes[i]
		if common(r.source.match, path, fold) == len(r.source.match) {
			return r
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
