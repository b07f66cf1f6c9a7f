// Package embedded keeps a store.Store in one file, for a proxy without Consul.
package embedded

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"weir/store"
)

// lockTimeout is how long Open waits for another process to let go of the file.
const lockTimeout = time.Second

// Store is a store.Store in a file. A write is on disk when it returns.
type Store struct {
	db   *bbolt.DB
	path string

	mu      sync.Mutex
	changed chan struct{} // closed and replaced at each write
}

// bucket holds the entries. Its sequence is the index: it only grows.
func bucket(tx *bbolt.Tx) *bbolt.Bucket { return tx.Bucket([]byte("entries")) }

// Open opens or makes the file at path. It fails when another process has it.
func Open(path string) (*Store, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("store %s: %w", path, err)
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: lockTimeout})
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return nil, fmt.Errorf("store %s: another process has it open", path)
	case err != nil:
		return nil, fmt.Errorf("store %s: %w", path, err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists([]byte("entries"))
		return err
	})
	if err != nil {
		db.Close()
		return nil, fmt.Errorf("store %s: %w", path, err)
	}
	return &Store{db: db, path: path, changed: make(chan struct{})}, nil
}

// Close lets go of the file, once reads and writes under way have ended.
// Watches end with their own contexts.
func (s *Store) Close() error { return s.db.Close() }

// Get implements store.Store.
func (s *Store) Get(ctx context.Context, key string) (e store.Entry, err error) {
	if err := check(ctx, key, nil); err != nil {
		return e, err
	}
	err = s.db.View(func(tx *bbolt.Tx) error {
		e = read(tx, key)
		return nil
	})
	if err == nil && e.Index == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return store.Entry{}, fmt.Errorf("store %s: key %s: %w", s.path, key, err)
	}
	return e, nil
}

// List implements store.Store.
func (s *Store) List(ctx context.Context, prefix string) (entries []store.Entry, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	err = s.db.View(func(tx *bbolt.Tx) error {
		cursor := bucket(tx).Cursor()
		for key, record := cursor.Seek([]byte(prefix)); bytes.HasPrefix(key, []byte(prefix)) && key != nil; key, record = cursor.Next() {
			entries = append(entries, entry(string(key), record))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("store %s: %w", s.path, err)
	}
	return entries, nil
}

// CompareAndSet implements store.Store.
func (s *Store) CompareAndSet(ctx context.Context, key string, value []byte, index uint64) (e store.Entry, err error) {
	if err := check(ctx, key, value); err != nil {
		return e, err
	}
	err = s.update(key, index, func(b *bbolt.Bucket) error {
		next, err := b.NextSequence()
		if err != nil {
			return err
		}
		e = store.Entry{Key: key, Value: slices.Clone(value), Index: next}
		return b.Put([]byte(key), append(binary.BigEndian.AppendUint64(nil, next), value...))
	})
	if err != nil {
		return store.Entry{}, err
	}
	return e, nil
}

// CompareAndDelete implements store.Store.
func (s *Store) CompareAndDelete(ctx context.Context, key string, index uint64) error {
	if err := check(ctx, key, nil); err != nil {
		return err
	}
	return s.update(key, index, func(b *bbolt.Bucket) error {
		if index == 0 {
			return &store.ConflictError{Key: key}
		}
		return b.Delete([]byte(key))
	})
}

// update runs write if key is still at index, and wakes the watches.
func (s *Store) update(key string, index uint64, write func(*bbolt.Bucket) error) error {
	err := s.db.Update(func(tx *bbolt.Tx) error {
		if current := read(tx, key); current.Index != index {
			return &store.ConflictError{Key: key, Current: current}
		}
		return write(bucket(tx))
	})
	if conflict := new(store.ConflictError); errors.As(err, &conflict) {
		return conflict
	}
	if err != nil {
		return fmt.Errorf("store %s: key %s: %w", s.path, key, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.changed)
	s.changed = make(chan struct{})
	return nil
}

func check(ctx context.Context, key string, value []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return store.Check(key, value)
}

// read returns the entry of key, or the zero Entry.
func read(tx *bbolt.Tx, key string) store.Entry {
	record := bucket(tx).Get([]byte(key))
	if record == nil {
		return store.Entry{}
	}
	return entry(key, record)
}

// entry decodes a record: eight bytes of index, then the value. The record is
// the database's own memory, so the value is copied.
func entry(key string, record []byte) store.Entry {
	return store.Entry{Key: key, Index: binary.BigEndian.Uint64(record), Value: bytes.Clone(record[8:])}
}
