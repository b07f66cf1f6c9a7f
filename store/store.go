// Package store keeps durable intent: weights, policies and rollouts. consulkv
// shares it over a fleet, embedded keeps it in a file for one proxy.
package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// MaxKey and MaxValue bound an entry, in bytes. Consul's KV takes values of
// 512 KiB, but a write that tells the index it got is a transaction, of which
// the whole text may have 512 KiB, with the value in base64.
const (
	MaxKey   = 1 << 10
	MaxValue = 256 << 10
)

// MaxWrites and MaxCommit bound a Commit: the number of its writes, and the
// bytes of their keys and values together. Consul takes 128 operations a
// transaction, of which a deletion needs two, and the text as said above.
const (
	MaxWrites = 32
	MaxCommit = 360 << 10
)

// Check says why a store cannot hold an entry. A key is one or more segments
// with a slash between them, none of them empty, "." or "..", without control
// characters.
func Check(key string, value []byte) error {
	control := func(r rune) bool { return r < ' ' || r == 0x7f }
	odd := func(segment string) bool { return segment == "" || segment == "." || segment == ".." }
	switch {
	case key == "" || len(key) > MaxKey:
		return fmt.Errorf("key %.80q has %d bytes, want 1 to %d", key, len(key), MaxKey)
	case slices.ContainsFunc(strings.Split(key, "/"), odd) || strings.ContainsFunc(key, control):
		return fmt.Errorf("key %q has an empty or dot segment or a control character", key)
	case len(value) > MaxValue:
		return fmt.Errorf("the value of %s has %d bytes, at most %d fit", key, len(value), MaxValue)
	}
	return nil
}

// Entry is one key and its value as last written.
type Entry struct {
	Key   string
	Value []byte
	Index uint64 // of the last write to the key; never 0
}

// Same reports whether two lists hold the same writes of the same keys.
func Same(a, b []Entry) bool {
	return slices.EqualFunc(a, b, func(a, b Entry) bool { return a.Key == b.Key && a.Index == b.Index })
}

// ErrNotFound says that a key does not exist.
var ErrNotFound = errors.New("not found")

// ConflictError says that a key has changed since its index was read.
type ConflictError struct {
	Key     string
	Current Entry // zero when the key does not exist
}

func (e *ConflictError) Error() string {
	if e.Current.Index == 0 {
		return e.Key + " does not exist any more"
	}
	return fmt.Sprintf("%s was changed by someone else: it is at index %d", e.Key, e.Current.Index)
}

// ErrLockLost says that a lock is not held any more: its time ran out while the
// store could not be reached, or somebody took it away.
var ErrLockLost = errors.New("the lock is lost")

// Write is one part of a Commit: a new value for a key, or its end.
type Write struct {
	Key    string
	Value  []byte
	Index  uint64 // that the key must be at; 0: it must not exist
	Delete bool   // instead of Value. With Index 0 it never succeeds
}

// CheckWrites says why a store cannot make these writes together.
func CheckWrites(writes []Write) error {
	if len(writes) == 0 || len(writes) > MaxWrites {
		return fmt.Errorf("%d writes at once, want 1 to %d", len(writes), MaxWrites)
	}
	size := 0
	for i, w := range writes {
		if err := Check(w.Key, w.Value); err != nil {
			return err
		}
		if slices.ContainsFunc(writes[:i], func(before Write) bool { return before.Key == w.Key }) {
			return fmt.Errorf("key %s is written twice at once", w.Key)
		}
		size += len(w.Key) + len(w.Value)
	}
	if size > MaxCommit {
		return fmt.Errorf("%d bytes are written at once, at most %d fit", size, MaxCommit)
	}
	return nil
}

// Guard is a lock that is held.
type Guard interface {
	// Commit is Store.Commit, which fails with ErrLockLost unless the lock is
	// held at the moment of the write. So whoever has lost the lock without
	// knowing changes nothing.
	Commit(ctx context.Context, writes ...Write) ([]Entry, error)
}

// Store is durable, ordered by index, and safe for concurrent use. Keys are
// relative to the store's own prefix. A prefix is compared as text: end it with
// a slash to name a folder.
type Store interface {
	// Get returns one entry or ErrNotFound.
	Get(ctx context.Context, key string) (Entry, error)
	// List returns the entries whose key begins with prefix, sorted by key.
	List(ctx context.Context, prefix string) ([]Entry, error)
	// CompareAndSet writes value if the key is still at index (0: does not
	// exist) and returns the new entry, else a *ConflictError.
	CompareAndSet(ctx context.Context, key string, value []byte, index uint64) (Entry, error)
	// CompareAndDelete removes the key if it is still at index, else a
	// *ConflictError. Index 0 never matches.
	CompareAndDelete(ctx context.Context, key string, index uint64) error
	// Commit makes all the writes or, if a key is not at its index, none, and
	// returns a *ConflictError for the first such key. Entries are in the order
	// of the writes, zero for a deletion.
	Commit(ctx context.Context, writes ...Write) ([]Entry, error)
	// Lock waits for the lock at key, calls hold once with it, and lets go of it
	// when hold returns. The context of hold ends, with ErrLockLost as its cause,
	// when the lock is lost or cannot be known to be held any longer. While the
	// lock is held its key exists, with value, for all to see; after that it is
	// gone, also when the holder has died, within 21 s on Consul. The lock does
	// not stop others from writing to the key: who removes it takes the lock away.
	//
	// Lock returns nil when hold has returned, ErrLockLost when it lost the lock
	// under way, the cause of ctx, or why the store cannot be asked. Who wants
	// the lock again asks again.
	Lock(ctx context.Context, key string, value []byte, hold func(context.Context, Guard)) error
	// Watch calls each with all entries below prefix, at once and after each
	// change, until ctx ends; it returns the cause of that. An error is passed
	// in place of the entries and does not end the watch: the last good entries
	// stay true, and after it they are passed again even if nothing has changed.
	Watch(ctx context.Context, prefix string, each func([]Entry, error)) error
}
