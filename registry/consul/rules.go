package consul

import (
	"cmp"
	"slices"
	"strings"

	"weir/registry"
	"weir/route"
)

// rules say which registrations are instances and which of those are up.
type rules struct {
	prefix registry.TagPrefixes
	status []string // good states of checks
	all    bool     // every check must be good, not only one
}

// instances returns the registrations that have a route tag and a check of
// their own, sorted by service, node and ID. One that has no check is left out
// altogether: nobody vouches for it. Sidecars and gateways are left out too:
// they repeat the tags of the service that they stand beside.
func (r rules) instances(nodes []node, datacenter string) []route.Instance {
	var list []route.Instance
	for _, n := range nodes {
		if n.PeerName != "" {
			continue
		}
		health := r.health(n.Checks)
		for _, s := range n.Services {
			h := health[s.ID]
			tags, routes := r.prefix.Of(s.Tags)
			if s.Kind != "" || h.checks == 0 || !routes {
				continue
			}
			list = append(list, route.Instance{
				Service: s.Service, ID: s.ID, Node: n.Node, Datacenter: datacenter,
				Address: cmp.Or(s.Address, n.Address), Port: s.Port, Tags: tags, Meta: s.Meta,
				Up: !health[""].down && !h.down && (h.good == h.checks || h.good > 0 && !r.all),
			})
		}
	}
	slices.SortFunc(list, func(a, b route.Instance) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Node, b.Node), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// health is what the checks of a service ID say, or those of the node itself
// under the ID "".
type health struct {
	checks, good int
	down         bool // for maintenance, or because the node does not answer
}

// health counts the checks of a node's services. Of the node's own checks only
// that of its agent and its maintenance matter.
func (r rules) health(checks []check) map[string]health {
	byID := map[string]health{}
	for _, c := range checks {
		h := byID[c.ServiceID]
		switch {
		case c.CheckID == "serfHealth" || c.CheckID == "_node_maintenance" || strings.HasPrefix(c.CheckID, "_service_maintenance:"):
			h.down = h.down || c.Status == "critical"
		case slices.Contains(r.status, c.Status):
			h.checks, h.good = h.checks+1, h.good+1
		default:
			h.checks++
		}
		byID[c.ServiceID] = h
	}
	return byID
}
