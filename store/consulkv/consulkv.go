// Package consulkv keeps a store.Store in Consul's KV, which a fleet shares.
// It also holds what any talk with a Consul agent needs: Agent, Client, Follow.
package consulkv

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/consul/api"

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
	if err := store.Check(key, value); err != nil {
		return store.Entry{}, err
	}
	result, err := s.txn(ctx, key, index, api.TxnOps{
		{KV: &api.KVTxnOp{Verb: api.KVCAS, Key: s.prefix + key, Value: value, Index: index}},
	})
	if err != nil {
		return store.Entry{}, err
	}
	return store.Entry{Key: key, Value: value, Index: result.Results[0].KV.ModifyIndex}, nil
}

// CompareAndDelete implements store.Store. Consul's own compare-and-delete
// calls it a success when the key is gone already, hence the check.
func (s *Store) CompareAndDelete(ctx context.Context, key string, index uint64) error {
	if err := store.Check(key, nil); err != nil {
		return err
	}
	if index == 0 {
		return s.refused(ctx, key, index, nil)
	}
	_, err := s.txn(ctx, key, index, api.TxnOps{
		{KV: &api.KVTxnOp{Verb: api.KVCheckIndex, Key: s.prefix + key, Index: index}},
		{KV: &api.KVTxnOp{Verb: api.KVDelete, Key: s.prefix + key}},
	})
	return err
}

// txn runs ops, all or none, which succeed only while key is at index.
func (s *Store) txn(ctx context.Context, key string, index uint64, ops api.TxnOps) (*api.TxnResponse, error) {
	q, cancel := s.client.Options(ctx, 0)
	defer cancel()
	ok, result, _, err := s.client.Txn().Txn(ops, q)
	switch {
	case err != nil:
		return nil, fmt.Errorf("consul kv %s%s: %w", s.prefix, key, err)
	case !ok:
		return nil, s.refused(ctx, key, index, result.Errors)
	case len(result.Results) == 0 || result.Results[0].KV == nil:
		return nil, fmt.Errorf("consul kv %s%s: written, but the token may not read it back", s.prefix, key)
	}
	return result, nil
}

// refused finds out why: Consul says in the same way that the key has changed
// and that the token may not write it.
func (s *Store) refused(ctx context.Context, key string, index uint64, errs api.TxnErrors) error {
	current, err := s.Get(ctx, key)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if current.Index != index || index == 0 && len(errs) == 0 {
		return &store.ConflictError{Key: key, Current: current}
	}
	var why []string
	for _, one := range errs {
		why = append(why, one.What)
	}
	return fmt.Errorf("consul kv %s%s: %s", s.prefix, key, strings.Join(why, "; "))
}
