package embedded

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"

	"weir/store"
)

// Commit implements store.Store.
func (s *Store) Commit(ctx context.Context, writes ...store.Write) ([]store.Entry, error) {
	return s.commit(ctx, nil, writes)
}

// commit makes the writes, while l is held if it is not nil.
func (s *Store) commit(ctx context.Context, l *lock, writes []store.Write) ([]store.Entry, error) {
	if err := errors.Join(ctx.Err(), store.CheckWrites(writes)); err != nil {
		return nil, err
	}
	entries := make([]store.Entry, len(writes))
	err := s.update(func(tx *bbolt.Tx) (err error) {
		if l != nil && !l.held(tx) {
			return store.ErrLockLost
		}
		for i, w := range writes {
			if entries[i], err = apply(tx, w); err != nil {
				return err
			}
		}
		return nil
	})
	var conflict *store.ConflictError
	switch {
	case err == nil:
		return entries, nil
	case err == store.ErrLockLost || errors.As(err, &conflict):
		return nil, err
	}
	return nil, fmt.Errorf("store %s: key %s: %w", s.path, writes[0].Key, err)
}

// update runs write in a transaction and wakes the watches when it is on disk.
func (s *Store) update(write func(*bbolt.Tx) error) error {
	if err := s.db.Update(write); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.changed)
	s.changed = make(chan struct{})
	return nil
}

// apply makes one write, if its key is at its index.
func apply(tx *bbolt.Tx, w store.Write) (store.Entry, error) {
	current := read(tx, w.Key)
	switch {
	case current.Index != w.Index || w.Delete && w.Index == 0:
		return store.Entry{}, &store.ConflictError{Key: w.Key, Current: current}
	case w.Delete:
		return store.Entry{}, remove(tx, w.Key)
	}
	return put(tx, w.Key, w.Value)
}

func put(tx *bbolt.Tx, key string, value []byte) (store.Entry, error) {
	next, err := bucket(tx).NextSequence()
	if err != nil {
		return store.Entry{}, err
	}
	err = bucket(tx).Put([]byte(key), append(binary.BigEndian.AppendUint64(nil, next), value...))
	return store.Entry{Key: key, Value: slices.Clone(value), Index: next}, err
}

// remove deletes a key; if it is a lock, that is lost.
func remove(tx *bbolt.Tx, key string) error {
	return errors.Join(bucket(tx).Delete([]byte(key)), holders(tx).Delete([]byte(key)))
}
