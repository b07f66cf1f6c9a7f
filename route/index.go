package route

import "strings"

// index finds the hosts that match a request's, for plain or for TLS requests.
type index struct {
	exact  map[string]pair
	suffix map[string]pair // *.example.com under ".example.com"
	globs  []globSite      // other patterns, the most specific first
	bare   *site           // routes without a host
}

// pair is the site of a host with the default port written out, and without.
// The first is the more specific; either may be missing.
type pair struct{ first, second *site }

type globSite struct {
	*site
	hosts globs
}

// newIndex takes the sites in the order of their ranks.
func newIndex(sites []*site, o Options, tls bool) *index {
	x := &index{exact: make(map[string]pair, len(sites)), suffix: map[string]pair{}}
	for _, s := range sites {
		host := NormalHost(s.host, tls)
		tail, wild := strings.CutPrefix(host, "*")
		switch {
		case s.host == "":
			x.bare = s
		case o.ExactHosts || !isGlob(host):
			x.exact[host] = x.exact[host].with(s)
		case wild && strings.HasPrefix(tail, ".") && !isGlob(tail):
			x.suffix[tail] = x.suffix[tail].with(s)
		default:
			if hosts, err := compileGlob(host); err == nil {
				x.globs = append(x.globs, globSite{s, hosts})
			}
		}
	}
	return x
}

// hasDefaultPort reports whether a host means another thing for TLS requests.
func hasDefaultPort(s *site) bool {
	return NormalHost(s.host, false) != s.host || NormalHost(s.host, true) != s.host
}

func (p pair) with(s *site) pair {
	if p.first == nil {
		return pair{first: s}
	}
	return pair{p.first, s}
}

// cursor walks the sites that match a host, the most specific first.
type cursor struct {
	*index
	host  string
	exact pair
	wild  pair
	dot   int // the label walk is before this byte
	glob  int // the next glob to try
	bare  *site
}

func (x *index) walk(host string) cursor {
	// No suffix is longer than maxHost: the walk is bounded for any host.
	return cursor{index: x, host: host, exact: x.exact[host], dot: max(0, len(host)-maxHost), bare: x.bare}
}

// next returns nil at the end.
func (c *cursor) next() *site {
	if s := c.exact.first; s != nil {
		c.exact = pair{first: c.exact.second}
		return s
	}
	c.stepWild()
	c.stepGlob()
	glob := c.glob < len(c.globs)
	switch {
	case c.wild.first != nil && (!glob || c.wild.first.rank < c.globs[c.glob].rank):
		s := c.wild.first
		c.wild = pair{first: c.wild.second}
		return s
	case glob:
		c.glob++
		return c.globs[c.glob-1].site
	}
	s := c.bare
	c.bare = nil
	return s
}

// stepWild moves to the next suffix of the host that has sites.
func (c *cursor) stepWild() {
	for c.wild.first == nil && c.dot < len(c.host) && len(c.suffix) > 0 {
		if c.host[c.dot] == '.' {
			c.wild = c.suffix[c.host[c.dot:]]
		}
		c.dot++
	}
}

// stepGlob moves to the next glob that matches the host.
func (c *cursor) stepGlob() {
	for c.glob < len(c.globs) && !c.globs[c.glob].hosts.match(c.host) {
		c.glob++
	}
}
