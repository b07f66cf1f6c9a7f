package controller

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"

	"weir/rollout"
	"weir/store"
)

// Limits of what is kept of a scope.
const (
	maxEntries = 500 // of the audit
	pruneOnce  = store.MaxWrites - 1
)

// prune lets go of the oldest records and audit entries when a rollout has
// ended, so that the store does not grow for ever.
func (l *leader) prune(ctx context.Context, s rollout.State) error {
	old, err := l.conf.Store.List(ctx, below(records, s.Scope)+"/")
	if err != nil {
		return err
	}
	if more := len(old) - max(1, s.Policy.RevisionHistory); more > 0 {
		if _, err := l.guard.Commit(ctx, deletions(old[:min(more, pruneOnce)])...); err != nil {
			return fmt.Errorf("prune the history of %s: %w", s.Scope, err)
		}
	}
	list, err := l.conf.Store.List(ctx, below(entries, s.Scope)+"/")
	if err != nil {
		return err
	}
	if more := len(list) - maxEntries; more > 0 {
		if err := l.fold(ctx, list[:min(more, pruneOnce)+1]); err != nil {
			return fmt.Errorf("prune the audit of %s: %w", s.Scope, err)
		}
	}
	return nil
}

func deletions(list []store.Entry) (writes []store.Write) {
	for _, e := range list {
		writes = append(writes, store.Write{Key: e.Key, Index: e.Index, Delete: true})
	}
	return writes
}

// fold removes all entries but the last and adds their patches to it, so that
// what is left still makes the state.
func (l *leader) fold(ctx context.Context, list []store.Entry) error {
	patch := map[string]json.RawMessage{}
	var last rollout.Entry
	for _, e := range list {
		last = rollout.Entry{}
		if err := json.Unmarshal(e.Value, &last); err != nil {
			return fmt.Errorf("%s: %w", e.Key, err)
		}
		maps.Copy(patch, last.Patch)
	}
	last.Patch = patch
	text, err := json.Marshal(last)
	if err != nil {
		return err
	}
	kept := list[len(list)-1]
	_, err = l.guard.Commit(ctx, append(deletions(list[:len(list)-1]), store.Write{Key: kept.Key, Value: text, Index: kept.Index})...)
	return err
}
