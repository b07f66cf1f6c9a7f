// Package inproc is a registry.Source whose instances the program itself sets,
// as the demo and tests do.
package inproc

import (
	"context"
	"sync"
	"time"

	"weir/registry"
	"weir/route"
)

// Source holds the instances that were set last. Use New.
type Source struct {
	mu      sync.Mutex
	now     registry.Snapshot
	changed chan struct{} // closed and replaced by Set
}

// New makes a source that has no instances, which is a complete answer.
func New() *Source {
	return &Source{now: registry.Snapshot{At: time.Now()}, changed: make(chan struct{})}
}

// Set replaces all instances. The caller must not change them any more.
func (s *Source) Set(instances []route.Instance) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = registry.Snapshot{Instances: instances, At: time.Now()}
	close(s.changed)
	s.changed = make(chan struct{})
}

// Name implements registry.Source.
func (s *Source) Name() string { return "inproc" }

// Run implements registry.Source. Of changes that come faster than they are
// taken only the last is sent.
func (s *Source) Run(ctx context.Context, out chan<- registry.Snapshot) error {
	for {
		s.mu.Lock()
		now, changed := s.now, s.changed
		s.mu.Unlock()
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case out <- now:
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-changed:
		}
	}
}
