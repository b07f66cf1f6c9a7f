package consulkv

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/consul/api"

	"weir/store"
)

// Commit implements store.Store.
func (s *Store) Commit(ctx context.Context, writes ...store.Write) ([]store.Entry, error) {
	return s.commit(ctx, nil, writes)
}

// commit makes the writes in one transaction, while l is held if it is not nil.
func (s *Store) commit(ctx context.Context, l *lock, writes []store.Write) ([]store.Entry, error) {
	if err := store.CheckWrites(writes); err != nil {
		return nil, err
	}
	t := transaction{store: s, lock: l}
	for i, w := range writes {
		if w.Delete && w.Index == 0 {
			return nil, s.conflict(ctx, w)
		}
		t.add(i, w)
	}
	q, cancel := s.client.Options(ctx, 0)
	defer cancel()
	ok, answer, _, err := s.client.Txn().Txn(t.ops(), q)
	switch {
	case err != nil:
		return nil, fmt.Errorf("consul kv %s%s: %w", s.prefix, writes[0].Key, err)
	case !ok:
		return nil, t.refused(ctx, writes, answer.Errors)
	}
	return t.entries(writes, answer.Results)
}

// transaction is a commit as Consul has it.
type transaction struct {
	store  *Store
	lock   *lock
	list   api.TxnOps
	writes []int // which write each of list belongs to
}

// add appends a write. Consul's own compare-and-delete calls it a success when
// the key is gone already, hence the check.
func (t *transaction) add(i int, w store.Write) {
	key := t.store.prefix + w.Key
	ops := []api.KVTxnOp{{Verb: api.KVCAS, Key: key, Value: w.Value, Index: w.Index}}
	if w.Delete {
		ops = []api.KVTxnOp{{Verb: api.KVCheckIndex, Key: key, Index: w.Index}, {Verb: api.KVDelete, Key: key}}
	}
	for _, op := range ops {
		t.list, t.writes = append(t.list, &api.TxnOp{KV: &op}), append(t.writes, i)
	}
}

// ops puts the check of the lock, if there is one, after the writes, so that
// the numbers of these are those of list.
func (t *transaction) ops() api.TxnOps {
	if t.lock == nil {
		return t.list
	}
	return append(t.list, &api.TxnOp{KV: t.lock.check()})
}

func (t *transaction) entries(writes []store.Write, results api.TxnResults) ([]store.Entry, error) {
	indices := map[string]uint64{}
	for _, r := range results {
		if r.KV != nil {
			indices[r.KV.Key] = r.KV.ModifyIndex
		}
	}
	entries := make([]store.Entry, len(writes))
	for i, w := range writes {
		if w.Delete {
			continue
		}
		index := indices[t.store.prefix+w.Key]
		if index == 0 {
			return nil, fmt.Errorf("consul kv %s%s: written, but the token may not read it back", t.store.prefix, w.Key)
		}
		entries[i] = store.Entry{Key: w.Key, Value: w.Value, Index: index}
	}
	return entries, nil
}

// refused finds out why: Consul says in the same way that a key has changed,
// that the lock is lost, and that the token may not write.
func (t *transaction) refused(ctx context.Context, writes []store.Write, errs api.TxnErrors) error {
	if t.lock != nil {
		if held, err := t.lock.held(ctx); err == nil && !held {
			return store.ErrLockLost
		}
	}
	var why []string
	for _, one := range errs {
		why = append(why, one.What)
		if one.OpIndex < 0 || one.OpIndex >= len(t.writes) {
			continue
		}
		if err := t.store.conflict(ctx, writes[t.writes[one.OpIndex]]); err != nil {
			return err
		}
	}
	return fmt.Errorf("consul kv %s%s: %s", t.store.prefix, writes[0].Key, strings.Join(why, "; "))
}

// conflict is a *store.ConflictError if w does not go with what is stored now.
func (s *Store) conflict(ctx context.Context, w store.Write) error {
	current, err := s.Get(ctx, w.Key)
	switch {
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return err
	case current.Index != w.Index || w.Delete && w.Index == 0:
		return &store.ConflictError{Key: w.Key, Current: current}
	}
	return nil
}
