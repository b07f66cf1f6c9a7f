package route

import (
	"fmt"
	"slices"
	"strings"
)

// draft is a route while tags and commands are read.
type draft struct {
	source
	targets []*Target
}

// place identifies a route.
type place struct{ host, match, when string }

// drafts is a table while tags and commands are read.
type drafts struct {
	opts      Options
	routes    map[place]*draft
	forks     map[place][]*draft // those with conditions, by place without them
	byService map[string][]*draft
	seen      map[seenKey]*Target
}

// seenKey is what makes two targets the same.
type seenKey struct {
	draft                   *draft
	service, instance, node string
	url, tags               string
	weight                  weight
}

func newDrafts(opts Options, size int) *drafts {
	return &drafts{opts, make(map[place]*draft, size), map[place][]*draft{}, map[string][]*draft{}, make(map[seenKey]*Target, size)}
}

// add puts t on the route of s. As in fabio the first of equal targets counts;
// an error says that the later one wanted something else.
func (d *drafts) add(s source, t *Target) error {
	at := s.place()
	r := d.routes[at]
	if r == nil {
		r = &draft{source: s}
		d.routes[at] = r
		if at.when != "" {
			at.when = ""
			d.forks[at] = append(d.forks[at], r)
		}
	}
	key := seenKey{r, t.service, t.instance, t.node, t.dest.url, strings.Join(t.tags, ","), t.weight}
	if first := d.seen[key]; first != nil && !first.gone {
		if first.opts != t.opts {
			return fmt.Errorf("%s has the target %s already, with the options %q, which count", s.key(), t.dest.url, first.opts)
		}
		return nil
	}
	d.seen[key] = t
	r.targets = append(r.targets, t)
	if of := d.byService[t.service]; len(of) == 0 || of[len(of)-1] != r {
		d.byService[t.service] = append(of, r)
	}
	return nil
}

// of lists the drafts that a command names by service and source: a source means
// its routes with conditions, too.
func (d *drafts) of(service string, s source) []*draft {
	if s.key() != "" {
		all := slices.Clone(d.forks[s.place()])
		if r := d.routes[s.place()]; r != nil {
			all = append(all, r)
		}
		return all
	}
	if service != "" {
		return d.byService[service]
	}
	all := make([]*draft, 0, len(d.routes))
	for _, r := range d.routes {
		all = append(all, r)
	}
	return all
}

// del removes what c names.
func (d *drafts) del(c command) {
	for _, r := range d.of(c.service, c.source) {
		r.targets = slices.DeleteFunc(r.targets, func(t *Target) bool {
			t.gone = c.names(t)
			return t.gone
		})
	}
}

// weigh splits the weight of c on each route evenly over the targets it names
// that are up, and reports whether it names any.
func (d *drafts) weigh(c command) (any bool) {
	for _, r := range d.of(c.service, c.source) {
		var named []*Target
		up := 0
		for _, t := range r.targets {
			if c.names(t) {
				named = append(named, t)
				up += btoi(t.up)
			}
		}
		for _, t := range named {
			t.weight = weight{c.weight.value / float64(max(up, 1)), true}
		}
		any = any || len(named) > 0
	}
	return any
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
