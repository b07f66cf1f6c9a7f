package certs

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"sync"
	"time"

	"weir/tlssni"
)

// Sources are those of a process. They can be exchanged while they run. The
// exported fields are set before the first use.
type Sources struct {
	Around Around
	// Secret is what the keys of session tickets are made of, the same for all
	// proxies of a fleet.
	Secret func(context.Context) ([]byte, error)

	mu      sync.Mutex
	all     []*Source
	made    map[use]*tls.Config
	changed chan struct{} // closed and replaced when all or made have changed
}

// use is a way to end TLS. Listeners that do it alike share a configuration, and
// keep it while their source is the same.
type use struct {
	source  *Source
	options string
}

// Use makes these the sources, and keeps those that are as they were. New ones
// have read their files. With an error, which is that of New or Load, everything
// stays as it was.
func (s *Sources) Use(list []Config) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var next []*Source
	var failed error
	for _, c := range list {
		source, err := s.source(c)
		failed = errors.Join(failed, err)
		next = append(next, source)
	}
	if failed != nil {
		return failed
	}
	made := map[use]*tls.Config{}
	for _, source := range next {
		for u, conf := range s.made {
			if u.source == source {
				made[u] = conf
			}
		}
	}
	s.all, s.made = next, made
	s.tellLocked()
	return nil
}

// source is the one that c describes, as it is or new.
func (s *Sources) source(c Config) (*Source, error) {
	for _, old := range s.all {
		if old.conf == c {
			return old, nil
		}
	}
	source, err := New(c, s.Around)
	if err == nil {
		err = source.Load()
	}
	if err != nil {
		return nil, err
	}
	for _, old := range s.all {
		source.after(old)
	}
	return source, nil
}

func (s *Sources) tellLocked() {
	if s.changed != nil {
		close(s.changed)
	}
	s.changed = make(chan struct{})
}

// changes is closed at the next change.
func (s *Sources) changes() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changed == nil {
		s.changed = make(chan struct{})
	}
	return s.changed
}

// TLS is how listeners end TLS with the source of that name, by o; nil where
// there is no such source.
func (s *Sources) TLS(name string, o tlssni.Options) *tls.Config {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, source := range s.all {
		if source.Name() != name {
			continue
		}
		u := use{source, fmt.Sprint(o.Min, o.Max, o.Ciphers, o.Strict, o.Raw)}
		if s.made[u] == nil {
			s.made[u] = source.TLS(o)
			s.tellLocked()
		}
		return s.made[u]
	}
	return nil
}

// Run follows the sources, and exchanges the keys of session tickets, until ctx
// ends.
func (s *Sources) Run(ctx context.Context) error {
	var running sync.WaitGroup
	defer running.Wait()
	running.Go(func() { s.rotate(ctx) })
	ends := map[*Source]func(){}
	for {
		changed, now := s.changes(), map[*Source]bool{}
		for _, source := range s.list() {
			if now[source] = true; ends[source] != nil {
				continue
			}
			one, end := context.WithCancel(ctx)
			ends[source] = end
			running.Go(func() { defer end(); _ = source.Run(one) }) // it ends with its context only
		}
		for source, end := range ends {
			if !now[source] {
				end()
				delete(ends, source)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		}
	}
}

func (s *Sources) list() []*Source {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all
}

// Wait returns when each source was read, or could not be, once, and at the
// latest when ctx ends.
func (s *Sources) Wait(ctx context.Context) {
	for _, source := range s.list() {
		select {
		case <-source.Ready():
		case <-ctx.Done():
			return
		}
	}
}

// Problems lists those of all sources, each with the name of its source before the
// place.
func (s *Sources) Problems(now time.Time) (list []Problem) {
	for _, source := range s.list() {
		for _, p := range source.Problems(now) {
			list = append(list, Problem{source.Name() + ": " + p.Place, p.Reason})
		}
	}
	return list
}

// Status tells how it stands with each source at now.
func (s *Sources) Status(now time.Time) (list []Status) {
	for _, source := range s.list() {
		list = append(list, source.Status(now))
	}
	return list
}
