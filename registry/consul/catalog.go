package consul

import (
	"context"
	"fmt"
	"time"

	"weir/route"
	"weir/store/consulkv"
)

// node is what the agent's dump of the catalog says of one node. Everything
// else in it is skipped.
type node struct {
	Node     string
	Address  string
	PeerName string
	Services []service
	Checks   []check
}

type service struct {
	ID, Service, Kind string
	Tags              []string
	Address           string
	Port              int
	Meta              map[string]string
}

type check struct {
	CheckID, Status string
	ServiceID       string // empty on a check of the node itself
}

// share is the part of its time that this source lets the agent and itself
// spend on a catalog so large that an answer takes long: one in this many.
const share = 5

// catalog returns the query of all instances with a route tag.
func (s *Source) catalog() consulkv.Query[[]route.Instance] {
	var datacenter string // learned from the first answer
	var rest time.Duration
	return func(ctx context.Context, index uint64) ([]route.Instance, uint64, error) {
		consulkv.Sleep(ctx, rest)
		q, cancel := s.client.Options(ctx, index)
		defer cancel()
		var nodes []node
		start := time.Now()
		meta, err := s.client.Raw().Query("/v1/internal/ui/nodes", &nodes, q)
		if err == nil {
			err = consulkv.Trust(meta)
		}
		if err != nil {
			return nil, 0, fmt.Errorf("catalog: %w", err)
		}
		rest = (time.Since(start) - meta.RequestTime) * (share - 1)
		if datacenter == "" && len(nodes) > 0 {
			if datacenter, err = s.datacenter(ctx, nodes[0].Node); err != nil {
				return nil, 0, fmt.Errorf("catalog: %w", err)
			}
		}
		return s.rules.instances(nodes, datacenter), meta.LastIndex, nil
	}
}

// datacenter asks where a node is: the dump does not say.
func (s *Source) datacenter(ctx context.Context, name string) (string, error) {
	q, cancel := s.client.Options(ctx, 0)
	defer cancel()
	found, _, err := s.client.Catalog().Node(name, q)
	if err != nil {
		return "", err
	}
	if found == nil {
		return "", fmt.Errorf("node %s has just gone", name)
	}
	return found.Node.Datacenter, nil
}
