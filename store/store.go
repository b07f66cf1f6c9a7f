// Package store keeps durable intent: weights, later policies and rollouts.
// consulkv shares it over a fleet, embedded keeps it in a file for one proxy.
package store

import (
	"context"
	"errors"
	"fmt"
)

// Entry is one key and its value as last written.
type Entry struct {
	Key   string
	Value []byte
	Index uint64 // of the last write to the key; never 0
}

// ErrNotFound says that a key does not exist.
var ErrNotFound = errors.New("not found")

// ConflictError says that a key has changed since its index was read.
type ConflictError struct {
	Key     string
	Current Entry // zero when the key does not exist
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("%s was changed by someone else: it is at index %d", e.Key, e.Current.Index)
}

// Store is durable, ordered by index, and safe for concurrent use. Keys are
// slash-separated and relative to the store's own prefix. A value has at most
// 512 KiB, as in Consul's KV.
type Store interface {
	// Get returns one entry or ErrNotFound.
	Get(ctx context.Context, key string) (Entry, error)
	// List returns the entries below prefix, sorted by key.
	List(ctx context.Context, prefix string) ([]Entry, error)
	// CompareAndSet writes value if the key is still at index (0: does not
	// exist) and returns the new entry, else a *ConflictError.
	CompareAndSet(ctx context.Context, key string, value []byte, index uint64) (Entry, error)
	// CompareAndDelete removes the key if it is still at index, else a *ConflictError.
	CompareAndDelete(ctx context.Context, key string, index uint64) error
	// Watch calls each with all entries below prefix, at once and after each
	// change, until ctx ends. An error is passed in place of the entries and
	// does not end the watch: the last good entries stay true.
	Watch(ctx context.Context, prefix string, each func([]Entry, error)) error
}
