package route

import (
	"maps"
	"slices"
	"strings"
)

// table turns the drafts into the table.
func (b *builder) table(in *Input) *Table {
	t := &Table{ports: map[string]*Route{}, drains: in.Drains}
	hosts := make(map[string][]*Route, len(b.routes))
	for _, d := range b.routes {
		switch r := b.route(d); {
		case r == nil:
		case r.path == "":
			t.ports[r.host] = r
		default:
			hosts[r.host] = append(hosts[r.host], r)
		}
	}
	sites := b.sites(hosts)
	for _, s := range sites {
		t.routes = append(t.routes, s.sorted()...)
	}
	for _, port := range slices.Sorted(maps.Keys(t.ports)) {
		t.routes = append(t.routes, t.ports[port])
	}
	t.addAddresses(sites)
	t.plain = newIndex(sites, b.opts, false)
	t.tls = t.plain
	if slices.ContainsFunc(sites, hasDefaultPort) {
		t.tls = newIndex(sites, b.opts, true)
	}
	b.weighAll(t.routes, in)
	return t
}

// route makes the route of a draft; nil when all its targets were deleted.
func (b *builder) route(d *draft) *Route {
	if len(d.targets) == 0 {
		return nil
	}
	r := &Route{source: d.source, targets: d.targets}
	if b.opts.Matcher == Glob && d.path != "" {
		r.paths, _ = compileGlob(d.match) // parseSource has compiled it before
	}
	nameVariants(r.targets)
	r.variants = group(r.targets)
	return r
}

// sites groups routes by host, the most specific host first and none last.
func (b *builder) sites(hosts map[string][]*Route) []*site {
	type ranked struct {
		key  string
		site *site
	}
	list := make([]ranked, 0, len(hosts))
	for host, routes := range hosts {
		list = append(list, ranked{rankKey(host), newSite(host, routes, b.opts.Matcher)})
	}
	slices.SortFunc(list, func(x, y ranked) int { return strings.Compare(y.key, x.key) })
	sites := make([]*site, len(list))
	for i, r := range list {
		r.site.rank = i
		sites[i] = r.site
	}
	return sites
}

// weighAll gives all routes their shares.
func (b *builder) weighAll(routes []*Route, in *Input) {
	plans := b.plans(in)
	plans.look(routes)
	for _, r := range routes {
		b.agree(r)
		p, beaten := plans.of(r)
		for _, other := range beaten {
			b.problem(other.problem(r.Key() + " follows the intent for " + p.Scope.String() + ", whose service is the first on it"))
		}
		if p != nil {
			b.allot(r, p)
		} else if trouble := r.weigh(); trouble != "" {
			b.problem(Problem{"route", r.targets[0].service, "", r.Key(), trouble})
		}
		if r.mixed() {
			b.problem(Problem{"route", r.targets[0].service, "", r.Key(), "it has targets for HTTP and for TCP: every listener draws from all of them, and fails on those of the other kind; give one kind a host of its own"})
		}
		r.seal(p != nil)
	}
	for _, p := range plans.all {
		b.unknown(p)
	}
}

// mixed reports whether some targets speak HTTP and others TCP.
func (r *Route) mixed() bool {
	var tcp, http bool
	for _, t := range r.targets {
		tcp = tcp || t.Passthrough()
		http = http || !t.Passthrough() && t.redirect == nil
	}
	return tcp && http
}
