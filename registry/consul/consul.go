// Package consul is the registry.Source of a Consul agent: what is in its
// catalog, and the route commands in its KV. docs/CONSUL.md explains what it
// asks Consul for, and why.
package consul

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"weir/registry"
	"weir/store/consulkv"
)

// Config says what to read from which agent.
type Config struct {
	Agent     consulkv.Agent
	TagPrefix registry.TagPrefixes // none means "urlprefix-"
	Status    []string             // check states that may get traffic; empty means passing
	AllChecks bool                 // all checks of an instance must have such a state, not one
	KVPath    string               // of the route commands: that key and those below it; empty: none
	NoRoute   string               // key of the page for requests without a route; empty: none
	Poll      time.Duration        // between two reads; 0: blocking queries
}

// Source reads a Consul agent.
type Source struct {
	client  *consulkv.Client
	rules   rules
	kvPath  string
	noRoute string
	poll    time.Duration
	failed  atomic.Int64 // queries
}

// New prepares a source; it does not connect yet.
func New(c Config) (*Source, error) {
	client, err := c.Agent.Dial()
	if err != nil {
		return nil, err
	}
	s := &Source{
		client: client, rules: rules{prefix: c.TagPrefix, status: c.Status, all: c.AllChecks},
		kvPath: strings.Trim(c.KVPath, "/"), noRoute: strings.Trim(c.NoRoute, "/"), poll: c.Poll,
	}
	if len(s.rules.prefix) == 0 {
		s.rules.prefix = registry.TagPrefixes{"urlprefix-"}
	}
	if len(s.rules.status) == 0 {
		s.rules.status = []string{"passing"}
	}
	return s, nil
}

// Name implements registry.Source.
func (s *Source) Name() string { return "consul " + s.client.Address() }

// Close ends idle connections, which Run does too.
func (s *Source) Close() { s.client.Close() }

// Run implements registry.Source with one query each for the catalog, the route
// commands and the page. They block unless they poll.
func (s *Source) Run(ctx context.Context, out chan<- registry.Snapshot) error {
	defer s.Close()
	var wg sync.WaitGroup
	defer wg.Wait()
	var k known
	updates := make(chan func())
	wg.Go(watch(ctx, s, updates, k.part(), s.catalog(), &k.instances))
	if s.kvPath != "" {
		wg.Go(watch(ctx, s, updates, k.part(), s.commands, &k.commands))
	}
	if s.noRoute != "" {
		wg.Go(watch(ctx, s, updates, k.part(), s.page, &k.page))
	}
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case update := <-updates:
			update()
		}
		snapshot, news := k.snapshot(time.Now())
		if !news {
			continue
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case out <- snapshot:
		}
	}
}

// watch repeats a query and sends what it brought as an update of p and value,
// which only the receiver of updates touches.
func watch[T any](ctx context.Context, s *Source, updates chan<- func(), p *part, query consulkv.Query[T], value *T) func() {
	return func() {
		consulkv.Follow(ctx, s.client.Retry(), consulkv.Every(s.poll, fresh(s, query)), func(got T, err error) {
			at := time.Now()
			if err != nil {
				s.failed.Add(1)
			}
			update := func() {
				if p.err = err; err == nil {
					*value, p.at = got, at
				}
			}
			select {
			case updates <- update:
			case <-ctx.Done():
			}
		})
	}
}

// fresh asks without an index after another query of s has failed. The agent
// may have come back with a lower one between two queries of this watch, which
// would then block for its whole time.
func fresh[T any](s *Source, query consulkv.Query[T]) consulkv.Query[T] {
	var seen int64
	return func(ctx context.Context, index uint64) (T, uint64, error) {
		if failed := s.failed.Load(); failed != seen {
			seen, index = failed, 0
		}
		return query(ctx, index)
	}
}
