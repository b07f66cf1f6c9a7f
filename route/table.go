package route

import (
	"iter"
	"slices"
	"strings"
)

// Strategy names how a target is picked.
type Strategy string

// Strategies, by fabio's names.
const (
	Random     Strategy = "rnd"
	RoundRobin Strategy = "rr"
)

// Strategies that fabio does not have.
const (
	LeastConn  Strategy = "leastconn" // the target with least open for its share
	TwoChoices Strategy = "p2c"       // the one of two at random that has less open for its share
	Hash       Strategy = "hash"      // the same target for the same client
)

// Strategies lists all of them.
func Strategies() []Strategy { return []Strategy{Random, RoundRobin, LeastConn, TwoChoices, Hash} }

// Matcher names how a route's path is compared with a request's.
type Matcher string

// Matchers, by fabio's names.
const (
	Prefix     Matcher = "prefix"  // longest prefix, case-sensitive, not bound to segments
	PrefixFold Matcher = "iprefix" // the same, ignoring ASCII case
	Glob       Matcher = "glob"    // the whole path against a glob, * crosses slashes
)

// Options are the settings that change how input is read or matched.
type Options struct {
	TagPrefix   string   // of route tags; empty means "urlprefix-"
	Strategy    Strategy // empty means Random
	Matcher     Matcher  // empty means Prefix
	ExactHosts  bool     // glob.matching.disabled: hosts are compared literally
	Credentials []string // the names that tls= may name
}

// Input is everything a table is built from.
type Input struct {
	Instances []Instance
	Commands  []Commands // evaluated in order, after the tags
	Intents   []Intent
	Trials    map[Scope]*Trial // of the intents' scopes
	Closed    map[Scope]bool   // of the intents' scopes, those where nobody stands in for stable: without an instance its share gets none
	Drains    []Drain          // handed on, see Table.Drains
	Options   Options
}

// Table is an immutable routing table. The zero value routes nothing.
type Table struct {
	plain, tls *index
	ports      map[string]*Route
	routes     []*Route
	drains     []Drain
}

// HTTP finds the route of a request that meets no condition: host as NormalHost
// returned it, path in normal form. Nil when there is none. It takes no lock and
// allocates nothing.
func (t *Table) HTTP(host, path string, tls bool) *Route {
	return t.find(host, path, tls, nil, nil)
}

// Match finds the route of a request like HTTP, among those with conditions, too.
// A route with conditions that are met is before those of the same host and path
// without or with fewer. Where none is met a shorter path may be.
func (t *Table) Match(host, path string, tls bool, asked Asked) *Route {
	return t.find(host, path, tls, asked, nil)
}

// Next finds the route that the request would have if it were not for r, which
// Match or Next returned, and the other routes of r's host. It serves to skip a
// redirect that leads to the request's own URL.
func (t *Table) Next(r *Route, host, path string, tls bool, asked Asked) *Route {
	return t.find(host, path, tls, asked, r)
}

// find skips the sites up to that of after, when there is one.
func (t *Table) find(host, path string, tls bool, asked Asked, after *Route) *Route {
	x := t.plain
	if tls {
		x = t.tls
	}
	if x == nil {
		return nil
	}
	c := x.walk(host)
	for s := c.next(); s != nil; s = c.next() {
		if after != nil {
			if s.host == after.host {
				after = nil
			}
			continue
		}
		if r := s.find(path, asked); r != nil {
			return r
		}
	}
	return nil
}

// SNI finds the route of a TLS connection by its lower-case server name. Only
// routes with a host and path "/" count. Nil when there is none.
func (t *Table) SNI(name string) *Route {
	if t.tls == nil || name == "" {
		return nil
	}
	c := t.tls.walk(name)
	for s := c.next(); s != nil && s.host != ""; s = c.next() {
		if s.root != nil {
			return s.root
		}
	}
	return nil
}

// Port finds the route of a TCP connection by the listener's port, given as
// ":9000", or address with a port, as Ports lists them. Nil when there is none.
func (t *Table) Port(port string) *Route { return t.ports[port] }

// Routes lists all routes in the order of the table's text form: the most
// specific host first, then those without a host, then ports; each by path.
func (t *Table) Routes() []*Route { return slices.Clone(t.routes) }

// Targets goes over all targets with their routes, in the order of Routes.
func (t *Table) Targets() iter.Seq2[*Route, *Target] {
	return func(yield func(*Route, *Target) bool) {
		for _, r := range t.routes {
			for _, v := range r.variants {
				for _, target := range v.Targets {
					if !yield(r, target) {
						return
					}
				}
			}
		}
	}
}

// Registrations are the names that targets ask for with register=, sorted: for
// each the proxy registers itself as a service of that name.
func (t *Table) Registrations() []string {
	var names []string
	for _, target := range t.Targets() {
		if name := target.settings.register; name != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// String prints the table in its stable text form, one line a target.
func (t *Table) String() string {
	var b strings.Builder
	for _, r := range t.routes {
		r.print(&b)
	}
	return b.String()
}
