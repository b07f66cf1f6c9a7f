package embedded

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"

	"go.etcd.io/bbolt"

	"weir/store"
)

// lock is one try for a lock. Only this process can hold one.
type lock struct {
	store *Store
	key   string
	token uint64 // the index with which it was taken; 0 before
}

// errTaken says that somebody holds the lock.
var errTaken = errors.New("the lock is taken")

// Lock implements store.Store.
func (s *Store) Lock(ctx context.Context, key string, value []byte, hold func(context.Context, store.Guard)) error {
	if err := errors.Join(context.Cause(ctx), store.Check(key, value)); err != nil {
		return err
	}
	l := &lock{store: s, key: key}
	if err := l.acquire(ctx, value); err != nil {
		return err
	}
	defer l.release()
	var running sync.WaitGroup
	defer running.Wait()
	life, lose := context.WithCancelCause(ctx)
	defer lose(nil)
	running.Go(func() { l.monitor(life, lose) })
	hold(life, l)
	if context.Cause(life) == store.ErrLockLost {
		return store.ErrLockLost
	}
	return nil
}

// Commit implements store.Guard.
func (l *lock) Commit(ctx context.Context, writes ...store.Write) ([]store.Entry, error) {
	return l.store.commit(ctx, l, writes)
}

// held reports whether the lock is ours.
func (l *lock) held(tx *bbolt.Tx) bool {
	token := holders(tx).Get([]byte(l.key))
	return token != nil && binary.BigEndian.Uint64(token) == l.token
}

// acquire returns when the lock is ours.
func (l *lock) acquire(ctx context.Context, value []byte) error {
	for {
		changed := l.store.change()
		err := l.store.update(func(tx *bbolt.Tx) error { return l.take(tx, value) })
		switch {
		case err == nil:
			return nil
		case err != errTaken:
			return fmt.Errorf("store %s: lock %s: %w", l.store.path, l.key, err)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (l *lock) take(tx *bbolt.Tx, value []byte) error {
	if holders(tx).Get([]byte(l.key)) != nil {
		return errTaken
	}
	e, err := put(tx, l.key, value)
	if err != nil {
		return err
	}
	l.token = e.Index
	return holders(tx).Put([]byte(l.key), binary.BigEndian.AppendUint64(nil, e.Index))
}

// monitor loses the lock when somebody has taken it away.
func (l *lock) monitor(ctx context.Context, lose context.CancelCauseFunc) {
	for {
		changed, held := l.store.change(), false
		err := l.store.db.View(func(tx *bbolt.Tx) error {
			held = l.held(tx)
			return nil
		})
		if err != nil || !held {
			lose(store.ErrLockLost)
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}

// release lets go of the lock, if it is still ours. When it cannot, the store
// is closed, and the next Open does it.
func (l *lock) release() {
	l.store.update(func(tx *bbolt.Tx) error {
		if !l.held(tx) {
			return nil
		}
		return remove(tx, l.key)
	})
}

// change is closed at the next write.
func (s *Store) change() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}
