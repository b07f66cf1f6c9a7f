package testenv

import (
	"context"
	"errors"
	"sync"

	"weir/store"
)

// errCut is what a store says that nobody reaches.
var errCut = errors.New("connection refused")

// Outage is a store that may be away, as Relay is for Consul. It is safe for
// concurrent use.
type Outage struct {
	store.Store

	mu     sync.Mutex
	down   bool
	turned chan struct{} // closed and replaced when it goes or comes
}

// NewOutage makes a store that is there.
func NewOutage(s store.Store) *Outage { return &Outage{Store: s, turned: make(chan struct{})} }

// Cut takes the store away: calls fail, watches say so, locks are lost.
func (o *Outage) Cut() { o.set(true) }

// Mend brings it back.
func (o *Outage) Mend() { o.set(false) }

func (o *Outage) set(down bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.down = down
	close(o.turned)
	o.turned = make(chan struct{})
}

func (o *Outage) now() (down bool, turned <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.down, o.turned
}

func (o *Outage) err() error {
	if down, _ := o.now(); down {
		return errCut
	}
	return nil
}

// Get implements store.Store.
func (o *Outage) Get(ctx context.Context, key string) (store.Entry, error) {
	if err := o.err(); err != nil {
		return store.Entry{}, err
	}
	return o.Store.Get(ctx, key)
}

// List implements store.Store.
func (o *Outage) List(ctx context.Context, prefix string) ([]store.Entry, error) {
	if err := o.err(); err != nil {
		return nil, err
	}
	return o.Store.List(ctx, prefix)
}

// CompareAndSet implements store.Store.
func (o *Outage) CompareAndSet(ctx context.Context, key string, value []byte, index uint64) (store.Entry, error) {
	if err := o.err(); err != nil {
		return store.Entry{}, err
	}
	return o.Store.CompareAndSet(ctx, key, value, index)
}

// CompareAndDelete implements store.Store.
func (o *Outage) CompareAndDelete(ctx context.Context, key string, index uint64) error {
	if err := o.err(); err != nil {
		return err
	}
	return o.Store.CompareAndDelete(ctx, key, index)
}

// Commit implements store.Store.
func (o *Outage) Commit(ctx context.Context, writes ...store.Write) ([]store.Entry, error) {
	if err := o.err(); err != nil {
		return nil, err
	}
	return o.Store.Commit(ctx, writes...)
}

// Lock implements store.Store.
func (o *Outage) Lock(ctx context.Context, key string, value []byte, hold func(context.Context, store.Guard)) error {
	down, turned := o.now()
	if down {
		return errCut
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var waiting sync.WaitGroup
	defer waiting.Wait()
	done := make(chan struct{})
	defer close(done)
	waiting.Go(func() {
		select {
		case <-turned:
			cancel(store.ErrLockLost)
		case <-done:
		}
	})
	return o.Store.Lock(ctx, key, value, hold)
}

// Watch implements store.Store. It tells of an outage, and goes on after it.
func (o *Outage) Watch(ctx context.Context, prefix string, each func([]store.Entry, error)) error {
	for ctx.Err() == nil {
		down, turned := o.now()
		one, cancel := context.WithCancel(ctx)
		var watching sync.WaitGroup
		if down {
			each(nil, errCut)
		} else {
			watching.Go(func() { o.Store.Watch(one, prefix, each) })
		}
		select {
		case <-ctx.Done():
		case <-turned:
		}
		cancel()
		watching.Wait()
	}
	return context.Cause(ctx)
}
