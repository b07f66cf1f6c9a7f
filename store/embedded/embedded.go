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

// holders has a record of each key that is a lock which is held: the index with
// which it was taken.
func holders(tx *bbolt.Tx) *bbolt.Bucket { return tx.Bucket([]byte("locks")) }

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
	if err := db.Update(prepare); err != nil {
		db.Close()
		return nil, fmt.Errorf("store %s: %w", path, err)
	}
	return &Store{db: db, path: path, changed: make(chan struct{})}, nil
}

// prepare makes the buckets, and lets go of the locks of a process that died.
func prepare(tx *bbolt.Tx) error {
	entries, err := tx.CreateBucketIfNotExists([]byte("entries"))
	if err != nil {
		return err
	}
	locks, err := tx.CreateBucketIfNotExists([]byte("locks"))
	if err != nil {
		return err
	}
	if err := locks.ForEach(func(key, _ []byte) error { return entries.Delete(key) }); err != nil {
		return err
	}
	if err := tx.DeleteBucket([]byte("locks")); err != nil {
		return err
	}
	_, err = tx.CreateBucket([]byte("locks"))
	return err
}

// Close lets go of the file, once reads and writes under way have ended.
// Watches end with their own contexts.
func (s *Store) Close() error { return s.db.Close() }

// Get implements store.Store.
func (s *Store) Get(ctx context.Context, key string) (e store.Entry, err error) {
	if err := errors.Join(ctx.Err(), store.Check(key, nil)); err != nil {
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
func (s *Store) CompareAndSet(ctx context.Context, key string, value []byte, index uint64) (store.Entry, error) {
	entries, err := s.Commit(ctx, store.Write{Key: key, Value: value, Index: index})
	if err != nil {
		return store.Entry{}, err
	}
	return entries[0], nil
}

// CompareAndDelete implements store.Store.
func (s *Store) CompareAndDelete(ctx context.Context, key string, index uint64) error {
	_, err := s.Commit(ctx, store.Write{Key: key, Index: index, Delete: true})
	return err
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
