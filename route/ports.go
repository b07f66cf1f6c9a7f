package route

import (
	"maps"
	"net/netip"
	"slices"
)

// addAddresses lets Port find the routes whose host is an address with a port,
// "127.0.0.1:9000", and which have a target for TCP.
func (t *Table) addAddresses(sites []*site) {
	for _, s := range sites {
		if _, err := netip.ParseAddrPort(s.host); err != nil || s.root == nil {
			continue
		}
		if slices.ContainsFunc(s.root.targets, func(t *Target) bool { return t.dest.scheme == "tcp" }) {
			t.ports[s.host] = s.root
		}
	}
}

// Named is SNI for a listener that also serves requests: the most specific host
// counts, and where all its routes are below "/" the name is one of requests, which
// no less specific host is to take. Nil when there is none.
func (t *Table) Named(name string) *Route {
	if t.tls == nil || name == "" {
		return nil
	}
	c := t.tls.walk(name)
	for s := c.next(); s != nil && s.host != ""; s = c.next() {
		// "a.test:443" is the same name as "a.test", which comes next.
		if s.root != nil || NormalHost(s.host, true) == s.host {
			return s.root
		}
	}
	return nil
}

// Ports lists what connections can be routed by, sorted: ":9000" for any address,
// and "127.0.0.1:9000" for that one.
func (t *Table) Ports() []string { return slices.Sorted(maps.Keys(t.ports)) }
