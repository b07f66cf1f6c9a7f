package route

import (
	"cmp"
	"slices"
)

// Route is a host and path (or SNI name, or port) and the variants of its
// targets. It cannot be changed.
type Route struct {
	source
	paths     globs     // of match, with the matcher Glob
	forks     []*Route  // of the same host and path with conditions, in the order in which they are looked at
	targets   []*Target // none where there are only forks
	variants  []Variant
	needs     Needs
	strategy  Strategy
	hash      HashKey // what a client is known by; of no kind: its address
	sticky    string  // name of a cookie
	retrying  retrying
	parts     []part      // the variants that have a share, candidates first
	trial     *Trial      // nil: none
	onTrial   Weight      // the candidate's share of the trial
	lastTried uint64      // the greatest draw that is the candidate's
	pins      [][]*Target // with a trial, the targets that are up, by variant
	closed    bool        // nobody stands in for stable
	ring      []*Target   // with RoundRobin and no intent, over all targets
}

// Variant is one named part of a route, its share, and why it is that.
type Variant struct {
	Name    string
	Asked   Weight    // what intents or tags ask for
	Share   float64   // what it gets, 0 to 1, after spilling
	Why     string    // "intent of alice: …", "tags", "spilled to stable: no instance is up"
	Targets []*Target // read only
}

// Key is host plus path as in a tag, and the conditions as options, in a form
// that is equal for equal conditions: "app.example.com/", "/api", ":9000",
// "app.example.com/ header=x-beta:1 method=GET".
func (r *Route) Key() string { return r.key() }

// Host is the host pattern, empty for none; ":9000" on a port route.
func (r *Route) Host() string { return r.host }

// Path is the path prefix or glob; empty on a port route.
func (r *Route) Path() string { return r.path }

// Conditions are what the route asks of a request besides host and path, as
// options; empty for none.
func (r *Route) Conditions() string { return r.when.String() }

// HashKey is what a client is known by for the strategy Hash.
func (r *Route) HashKey() HashKey { return r.hash }

// fork is the route that takes a request, of r and those of the same host and
// path with conditions; nil for none.
func (r *Route) fork(asked Asked) *Route {
	if r.forks == nil {
		return r
	}
	return r.choose(asked)
}

func (r *Route) choose(asked Asked) *Route {
	for _, f := range r.forks {
		if asked != nil && f.when.met(asked) {
			return f
		}
	}
	if len(r.targets) == 0 {
		return nil
	}
	return r
}

// Services lists the names of the services on the route, sorted.
func (r *Route) Services() []string {
	var names []string
	for _, t := range r.targets {
		names = append(names, t.service)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Variants describes the variants, the candidates first, stable last. The
// caller owns the slice, but not the targets in it.
func (r *Route) Variants() []Variant { return slices.Clone(r.variants) }

// group sorts targets into variants: candidates by name, stable last.
func group(targets []*Target) []Variant {
	first := targets[0].variant
	if !slices.ContainsFunc(targets, func(t *Target) bool { return t.variant != first }) {
		return []Variant{{Name: first, Targets: targets}}
	}
	byName := map[string][]*Target{}
	for _, t := range targets {
		byName[t.variant] = append(byName[t.variant], t)
	}
	all := make([]Variant, 0, len(byName))
	for name, targets := range byName {
		all = append(all, Variant{Name: name, Targets: targets})
	}
	slices.SortFunc(all, func(a, b Variant) int { return compareVariants(a.Name, b.Name) })
	return all
}

func compareVariants(a, b string) int {
	return cmp.Or(btoi(a == stable)-btoi(b == stable), cmp.Compare(a, b))
}
