package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"weir/store"
)

func commit(t *testing.T, s store.Store) {
	old := set(t, s, "old", "1", 0)
	gone := set(t, s, "gone", "1", 0)
	entries, err := s.Commit(t.Context(),
		store.Write{Key: "new", Value: []byte("n")},
		store.Write{Key: "old", Value: []byte("2"), Index: old.Index},
		store.Write{Key: "gone", Index: gone.Index, Delete: true})
	if err != nil || len(entries) != 3 {
		t.Fatal(entries, err)
	}
	for i, want := range map[int]string{0: "new=n", 1: "old=2", 2: "="} {
		if got := entries[i].Key + "=" + string(entries[i].Value); got != want || (entries[i].Index == 0) != (i == 2) {
			t.Errorf("entry %d is %s at %d, want %s", i, got, entries[i].Index, want)
		}
	}
	wantValue(t, s, "old", "2")
	wantValue(t, s, "new", "n")
	wantValue(t, s, "gone", "")
	for name, bad := range map[string]store.Write{
		"changed":               {Key: "old", Value: []byte("x"), Index: old.Index},
		"exists":                {Key: "new", Value: []byte("x")},
		"delete what is gone":   {Key: "gone", Index: gone.Index, Delete: true},
		"delete without index":  {Key: "old", Delete: true},
		"delete what has moved": {Key: "old", Index: old.Index, Delete: true},
	} {
		_, err := s.Commit(t.Context(), store.Write{Key: "also", Value: []byte("x")}, bad)
		var conflict *store.ConflictError
		if !errors.As(err, &conflict) || conflict.Key != bad.Key {
			t.Errorf("%s: error %v, want a conflict of %s", name, err, bad.Key)
		}
	}
	wantValue(t, s, "also", "")
	wantValue(t, s, "old", "2")
}

// wantValue checks a value; "" is a key that does not exist.
func wantValue(t *testing.T, s store.Store, key, want string) {
	t.Helper()
	e, err := s.Get(t.Context(), key)
	if string(e.Value) != want || (want == "") != errors.Is(err, store.ErrNotFound) {
		t.Errorf("%s is %q (%v), want %q", key, e.Value, err, want)
	}
}

func commitLimits(t *testing.T, s store.Store) {
	large := func(key string, size int) store.Write { return store.Write{Key: key, Value: make([]byte, size)} }
	var many []store.Write
	for i := range store.MaxWrites + 1 {
		many = append(many, large(fmt.Sprint("many/", i), 1))
	}
	for name, writes := range map[string][]store.Write{
		"nothing":   nil,
		"too many":  many,
		"too large": {large("a", store.MaxCommit/2), large("b", store.MaxCommit/2)},
		"twice":     {large("a", 1), large("a", 1)},
		"bad key":   {large("a", 1), large("a//b", 1)},
	} {
		if _, err := s.Commit(t.Context(), writes...); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	wantValue(t, s, "a", "")
	if _, err := s.Commit(t.Context(), many[1:]...); err != nil {
		t.Errorf("%d writes: %v", store.MaxWrites, err)
	}
	if _, err := s.Commit(t.Context(), large("a", store.MaxCommit/2-100), large("b", store.MaxCommit/2-100)); err != nil {
		t.Errorf("%d bytes: %v", store.MaxCommit, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Commit(ctx, large("c", 1)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want canceled", err)
	}
}
