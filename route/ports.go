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

// Ports lists what connections can be routed by, sorted: ":9000" for any address,
// and "127.0.0.1:9000" for that one.
func (t *Table) Ports() []string { return slices.Sorted(maps.Keys(t.ports)) }
