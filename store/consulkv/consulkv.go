// Package consulkv keeps a store.Store in Consul's KV, which a fleet shares.
// It also holds what any talk with a Consul agent needs: Agent, Client, Follow.
package consulkv

import (
	"context"
	"fmt"
	"strings"

	"weir/store"
)

// Store is a store.Store below a prefix of Consul's KV.
type Store struct {
	client *Client
	prefix string
}

// Open makes a store of the keys below prefix, such as "weir"; empty is the
// whole KV. It does not connect yet.
func Open(agent Agent, prefix string) (*Store, error) {
	client, err := agent.Dial()
	if err != nil {
		return nil, err
	}
	if prefix = strings.Trim(prefix, "/"); prefix != "" {
		prefix += "/"
	}
	return &Store{client: client, prefix: prefix}, nil
}

// Close ends the idle connections.
func (s *Store) Close() error {
	s.client.Close()
	return nil
}

// Get implements store.Store.
func (s *Store) Get(ctx context.Context, key string) (store.Entry, error) {
	if err := store.Check(key, nil); err != nil {
		return store.Entry{}, err
	}
	q, cancel := s.client.Options(ctx, 0)
	defer cancel()
	pair, meta, err := s.client.KV().Get(s.prefix+key, q)
	if err == nil {
		err = Trust(meta)
	}
	switch {
	case err != nil:
		return store.Entry{}, fmt.Errorf("consul kv %s%s: %w", s.prefix, key, err)
	case pair == nil:
		return store.Entry{}, fmt.Errorf("consul kv %s%s: %w", s.prefix, key, store.ErrNotFound)
	}
	return store.Entry{Key: key, Value: pair.Value, Index: pair.ModifyIndex}, nil
}

// List implements store.Store.
func (s *Store) List(ctx context.Context, prefix string) ([]store.Entry, error) {
	entries, _, err := s.list(ctx, prefix, 0)
	return entries, err
}

// list leaves out keys that no store.Store would write, such as the "folders"
// that Consul's UI makes.
func (s *Store) list(ctx context.Context, prefix string, index uint64) ([]store.Entry, uint64, error) {
	q, cancel := s.client.Options(ctx, index)
	defer cancel()
	pairs, meta, err := s.client.KV().List(s.prefix+prefix, q)
	if err == nil {
		err = Trust(meta)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("consul kv %s%s: %w", s.prefix, prefix, err)
	}
	var entries []store.Entry
	for _, pair := range pairs {
		key := strings.TrimPrefix(pair.Key, s.prefix)
		if store.Check(key, nil) == nil {
			entries = append(entries, store.Entry{Key: key, Value: pair.Value, Index: pair.ModifyIndex})
		}
	}
	return entries, meta.LastIndex, nil
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
