// Package nomad is the registry.Source of services that Nomad itself keeps
// (provider = "nomad" in a job).
package nomad

import (
	"context"
	"fmt"
	"net/url"
	"reflect"
	"time"

	"golang.org/x/sync/errgroup"

	"weir/registry"
	"weir/route"
	"weir/store/consulkv"
)

// Agent reads one document of Nomad's API. With the index of the answer before
// it waits for a change; it returns the index of this answer, and 0 when the
// next one must not wait.
type Agent interface {
	Get(ctx context.Context, path string, query url.Values, index uint64, into any) (uint64, error)
}

// Source reads the services of a namespace.
type Source struct {
	Agent     Agent
	Address   string // of the agent, for the name
	Namespace string // "*" is all
	TagPrefix registry.TagPrefixes
	Retry     time.Duration // from a read that failed to the next; up to eight times that while they go on
}

// Name implements registry.Source.
func (s *Source) Name() string { return "nomad " + s.Address }

// Run implements registry.Source with one blocking query, of the list of all
// services: its index moves with every registration. Then each service with a
// route tag is read. If one of them fails everything stays as it was.
func (s *Source) Run(ctx context.Context, out chan<- registry.Snapshot) error {
	var known registry.Snapshot
	sent := false
	return consulkv.Follow(ctx, s.Retry, s.query(), func(list []route.Instance, err error) {
		if err != nil {
			known.Err = err
		} else {
			same := known.Err == nil && reflect.DeepEqual(list, known.Instances)
			known = registry.Snapshot{Instances: list, At: time.Now()}
			if sent && same {
				return
			}
		}
		sent = true
		select {
		case <-ctx.Done():
		case out <- known:
		}
	})
}

// share is the part of its time that this source lets the agent and itself
// spend on many services: one in this many.
const share = 5

func (s *Source) query() consulkv.Query[[]route.Instance] {
	var rest time.Duration
	return func(ctx context.Context, index uint64) ([]route.Instance, uint64, error) {
		consulkv.Sleep(ctx, rest)
		rest = 0 // after an error, which has a pause of its own
		var spaces []namespace
		next, err := s.Agent.Get(ctx, "/v1/services", url.Values{"namespace": {s.Namespace}}, index, &spaces)
		if err != nil {
			return nil, 0, err
		}
		start := time.Now()
		list, err := s.instances(ctx, spaces)
		if err != nil {
			return nil, 0, err
		}
		rest = time.Since(start) * (share - 1)
		return list, next, nil
	}
}

// atOnce bounds how many services are read at a time.
const atOnce = 8

// instances reads the services that have a route tag somewhere.
func (s *Source) instances(ctx context.Context, spaces []namespace) (all []route.Instance, err error) {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	var lists []*[]route.Instance
	for _, space := range spaces {
		for _, service := range space.Services {
			if _, routes := s.TagPrefix.Of(service.Tags); !routes {
				continue
			}
			list := new([]route.Instance)
			lists = append(lists, list)
			group.Go(func() (err error) {
				*list, err = s.service(ctx, space.Namespace, service.ServiceName)
				return err
			})
		}
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for _, list := range lists {
		all = append(all, *list...)
	}
	return all, nil
}

// service reads the registrations of one service. Nomad does not say whether
// they are well, so all are up: a target that refuses is passed over by a retry.
func (s *Source) service(ctx context.Context, namespace, name string) (list []route.Instance, err error) {
	var found []registration
	if _, err := s.Agent.Get(ctx, "/v1/service/"+url.PathEscape(name), url.Values{"namespace": {namespace}}, 0, &found); err != nil {
		return nil, fmt.Errorf("service %s in namespace %s: %w", name, namespace, err)
	}
	for _, r := range found {
		tags, routes := s.TagPrefix.Of(r.Tags)
		if !routes {
			continue // a canary may have no route tag while others have
		}
		list = append(list, route.Instance{
			Service: r.ServiceName, ID: r.ID, Node: r.NodeID, Datacenter: r.Datacenter, Address: r.Address, Port: r.Port, Tags: tags, Up: true,
		})
	}
	return list, nil
}
