// Package storetest says in tests what every store.Store must do.
package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"weir/store"
)

// Open opens the store of one test. Each call gives a new handle on the same
// entries; it is called again only after the handle before was closed.
type Open func(t *testing.T) (s store.Store, closeIt func())

// Run runs the suite. Make is called once a test and must give a store that
// holds nothing yet.
func Run(t *testing.T, make func(t *testing.T) Open) {
	tests := []struct {
		name string
		test func(*testing.T, store.Store)
	}{
		{"writes only at the index that was read", compareAndSet},
		{"deletes only at the index that was read", compareAndDelete},
		{"gives a key that was deleted a new index", indexGrows},
		{"lists below a prefix in the order of keys", list},
		{"takes any text in a key and any byte in a value", anyText},
		{"refuses what it cannot hold", limits},
		{"lets exactly one of many writers win", oneWinner},
		{"watches from the first state on", watch},
		{"tells a watch nothing about other prefixes", watchOthers},
		{"commits all writes or none", commit},
		{"refuses a commit that it cannot hold", commitLimits},
		{"gives a lock to one at a time", lockOne},
		{"shows the key of a lock while it is held", lockShown},
		{"commits behind a lock only while it is held", lockGuards},
		{"ends the wait for a lock with its context", lockWait},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			s, closeIt := make(t)(t)
			defer closeIt()
			c.test(t, s)
		})
	}
	t.Run("survives a restart", func(t *testing.T) { restart(t, make(t)) })
}

// set writes and fails the test when the write fails.
func set(t *testing.T, s store.Store, key, value string, index uint64) store.Entry {
	t.Helper()
	e, err := s.CompareAndSet(t.Context(), key, []byte(value), index)
	if err != nil {
		t.Fatal(err)
	}
	if e.Key != key || string(e.Value) != value || e.Index == 0 {
		t.Fatalf("writing %s = %q gave %+v", key, value, e)
	}
	return e
}

// wantConflict checks that err is a conflict that carries value at index; index
// 0 is a key that does not exist.
func wantConflict(t *testing.T, err error, value string, index uint64) {
	t.Helper()
	var conflict *store.ConflictError
	if !errors.As(err, &conflict) {
		t.Fatalf("error %v, want a conflict", err)
	}
	if string(conflict.Current.Value) != value || conflict.Current.Index != index {
		t.Errorf("conflict with %+v, want %q at %d", conflict.Current, value, index)
	}
}

func compareAndSet(t *testing.T, s store.Store) {
	if _, err := s.Get(t.Context(), "a/b"); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("error %v, want not found", err)
	}
	_, err := s.CompareAndSet(t.Context(), "a/b", []byte("x"), 7)
	wantConflict(t, err, "", 0)
	first := set(t, s, "a/b", "1", 0)
	_, err = s.CompareAndSet(t.Context(), "a/b", []byte("x"), 0)
	wantConflict(t, err, "1", first.Index)
	second := set(t, s, "a/b", "2", first.Index)
	_, err = s.CompareAndSet(t.Context(), "a/b", []byte("x"), first.Index)
	wantConflict(t, err, "2", second.Index)
	got, err := s.Get(t.Context(), "a/b")
	if err != nil || string(got.Value) != "2" || got.Index != second.Index || got.Key != "a/b" {
		t.Error(got, err)
	}
}

func compareAndDelete(t *testing.T, s store.Store) {
	wantConflict(t, s.CompareAndDelete(t.Context(), "a", 0), "", 0)
	wantConflict(t, s.CompareAndDelete(t.Context(), "a", 5), "", 0)
	e := set(t, s, "a", "1", 0)
	wantConflict(t, s.CompareAndDelete(t.Context(), "a", 0), "1", e.Index)
	wantConflict(t, s.CompareAndDelete(t.Context(), "a", e.Index+1), "1", e.Index)
	if err := s.CompareAndDelete(t.Context(), "a", e.Index); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(t.Context(), "a"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("error %v, want not found", err)
	}
}

func indexGrows(t *testing.T, s store.Store) {
	first := set(t, s, "a", "1", 0)
	other := set(t, s, "b", "1", 0)
	if err := s.CompareAndDelete(t.Context(), "a", first.Index); err != nil {
		t.Fatal(err)
	}
	again := set(t, s, "a", "1", 0)
	if !(first.Index < other.Index && other.Index < again.Index) {
		t.Errorf("indices %d, %d, %d do not grow", first.Index, other.Index, again.Index)
	}
	_, err := s.CompareAndSet(t.Context(), "a", []byte("x"), first.Index)
	wantConflict(t, err, "1", again.Index)
}

func list(t *testing.T, s store.Store) {
	for _, key := range []string{"v1/b", "v1/a/x", "v1/a", "v10/c", "u"} {
		set(t, s, key, "value of "+key, 0)
	}
	for prefix, want := range map[string]string{"v1/": "v1/a v1/a/x v1/b", "v1": "v1/a v1/a/x v1/b v10/c", "w/": ""} {
		entries, err := s.List(t.Context(), prefix)
		if got := strings.Join(keys(entries), " "); err != nil || got != want {
			t.Errorf("below %q: %s (%v), want %s", prefix, got, err, want)
		}
		for _, e := range entries {
			if string(e.Value) != "value of "+e.Key || e.Index == 0 {
				t.Errorf("listed %+v", e)
			}
		}
	}
}

func keys(entries []store.Entry) (keys []string) {
	for _, e := range entries {
		keys = append(keys, e.Key)
	}
	return keys
}

func anyText(t *testing.T, s store.Store) {
	value := make([]byte, store.MaxValue)
	for i := range value {
		value[i] = byte(i * 7)
	}
	for _, key := range []string{"v1/app.example.com%2Fa b", "ä?x=1&y#z+%25", "*.example.com"} {
		written := set(t, s, key, string(value), 0)
		got, err := s.Get(t.Context(), key)
		if err != nil || !bytes.Equal(got.Value, value) || got.Index != written.Index {
			t.Errorf("%s: %d bytes at %d (%v)", key, len(got.Value), got.Index, err)
		}
		if entries, err := s.List(t.Context(), key); err != nil || len(entries) != 1 {
			t.Errorf("%s is listed as %v (%v)", key, keys(entries), err)
		}
	}
	set(t, s, "empty", "", 0)
}

func limits(t *testing.T, s store.Store) {
	for _, key := range []string{"", "/a", "a/", "a//b", "a/../b", ".", "a\nb", strings.Repeat("x", store.MaxKey+1)} {
		if _, err := s.CompareAndSet(t.Context(), key, nil, 0); err == nil {
			t.Errorf("key %.20q was taken", key)
		}
		if _, err := s.Get(t.Context(), key); err == nil || errors.Is(err, store.ErrNotFound) {
			t.Errorf("key %.20q: error %v", key, err)
		}
	}
	if _, err := s.CompareAndSet(t.Context(), "a", make([]byte, store.MaxValue+1), 0); err == nil {
		t.Error("a value that is too large was taken")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.CompareAndSet(ctx, "a", nil, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want canceled", err)
	}
}

func oneWinner(t *testing.T, s store.Store) {
	index := uint64(0)
	for round := range 5 {
		var wg sync.WaitGroup
		results := make([]error, 16)
		for i := range results {
			wg.Go(func() {
				_, results[i] = s.CompareAndSet(t.Context(), "k", fmt.Appendf(nil, "%d/%d", round, i), index)
			})
		}
		wg.Wait()
		winner := slices.Index(results, nil)
		current, err := s.Get(t.Context(), "k")
		if want := fmt.Sprintf("%d/%d", round, winner); err != nil || string(current.Value) != want {
			t.Fatalf("%s is stored (%v), want %s", current.Value, err, want)
		}
		for i, err := range results {
			if i != winner {
				wantConflict(t, err, string(current.Value), current.Index)
			}
		}
		index = current.Index
	}
}

// watching starts a watch and returns what it says, one text a call: the keys
// with their values.
func watching(t *testing.T, s store.Store, prefix string) <-chan string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	said, done := make(chan string, 16), make(chan error)
	go func() {
		done <- s.Watch(ctx, prefix, func(entries []store.Entry, err error) {
			var text []string
			for _, e := range entries {
				text = append(text, e.Key+"="+string(e.Value))
			}
			if err != nil {
				text = []string{err.Error()}
			}
			said <- strings.Join(text, " ")
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("the watch ended with %v", err)
		}
	})
	return said
}

func wantSaid(t *testing.T, said <-chan string, want string) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for got := ""; ; {
		select {
		case got = <-said:
			if got == want {
				return
			}
		case <-deadline:
			t.Fatalf("the watch said %q last, want %q", got, want)
		}
	}
}

func watch(t *testing.T, s store.Store) {
	e := set(t, s, "w/a", "1", 0)
	said := watching(t, s, "w/")
	wantSaid(t, said, "w/a=1")
	e = set(t, s, "w/a", "2", e.Index)
	wantSaid(t, said, "w/a=2")
	set(t, s, "w/b", "1", 0)
	wantSaid(t, said, "w/a=2 w/b=1")
	if err := s.CompareAndDelete(t.Context(), "w/a", e.Index); err != nil {
		t.Fatal(err)
	}
	wantSaid(t, said, "w/b=1")
}

func watchOthers(t *testing.T, s store.Store) {
	said := watching(t, s, "w/")
	wantSaid(t, said, "")
	set(t, s, "x/a", "1", 0)
	set(t, s, "w", "1", 0)
	set(t, s, "w/a", "1", 0)
	select {
	case got := <-said:
		if got != "w/a=1" {
			t.Errorf("the watch said %q, want only the change below its prefix", got)
		}
	case <-time.After(10 * time.Second):
		t.Error("the watch said nothing")
	}
}

func restart(t *testing.T, open Open) {
	s, closeIt := open(t)
	first := set(t, s, "a", "1", 0)
	closeIt()
	s, closeIt = open(t)
	defer closeIt()
	got, err := s.Get(t.Context(), "a")
	if err != nil || string(got.Value) != "1" || got.Index != first.Index {
		t.Fatal(got, err)
	}
	if next := set(t, s, "b", "1", 0); next.Index <= first.Index {
		t.Errorf("index %d after %d", next.Index, first.Index)
	}
}
