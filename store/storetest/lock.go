package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"weir/store"
)

// Holder holds, or waits for, a lock in a test.
type Holder struct {
	Guard chan store.Guard // gets the guard when the lock is got
	Lost  chan struct{}    // closed when the context of hold has ended
	Ended chan error       // gets what Lock returned
	Close func()           // lets go of the lock, or ends the wait
}

// Hold starts to compete for the lock at key. It ends with the test.
func Hold(t *testing.T, s store.Store, key, value string) *Holder {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	h := &Holder{Guard: make(chan store.Guard, 1), Lost: make(chan struct{}), Ended: make(chan error, 1), Close: cancel}
	done := make(chan struct{})
	go func() {
		defer close(done)
		h.Ended <- s.Lock(ctx, key, []byte(value), func(life context.Context, g store.Guard) {
			h.Guard <- g
			<-life.Done()
			close(h.Lost)
		})
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return h
}

// Within returns what c gives, and fails the test when that takes too long.
func Within[T any](t *testing.T, limit time.Duration, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(limit):
		t.Fatalf("nothing happened within %v", limit)
		panic("not reached")
	}
}

// prompt is what the store takes when nobody has died.
const prompt = 10 * time.Second

func lockOne(t *testing.T, s store.Store) {
	waiting := []*Holder{Hold(t, s, "lock", "1"), Hold(t, s, "lock", "1"), Hold(t, s, "lock", "1")}
	other := Hold(t, s, "another", "1")
	Within(t, prompt, other.Guard)
	for len(waiting) > 0 {
		var first int
		select {
		case <-waiting[0].Guard:
		case <-at(waiting, 1):
			first = 1
		case <-at(waiting, 2):
			first = 2
		case <-time.After(prompt):
			t.Fatal("nobody gets the lock")
		}
		for i, h := range waiting {
			if i != first && len(h.Guard) > 0 {
				t.Fatal("two hold the lock")
			}
		}
		waiting[first].Close()
		if err := Within(t, prompt, waiting[first].Ended); err != nil {
			t.Errorf("the holder ended with %v", err)
		}
		waiting = append(waiting[:first:first], waiting[first+1:]...)
	}
}

func at(list []*Holder, i int) chan store.Guard {
	if i >= len(list) {
		return nil
	}
	return list[i].Guard
}

func lockShown(t *testing.T, s store.Store) {
	h := Hold(t, s, "v1/lock", "edge-1")
	Within(t, prompt, h.Guard)
	wantValue(t, s, "v1/lock", "edge-1")
	said := watching(t, s, "v1/")
	wantSaid(t, said, "v1/lock=edge-1")
	h.Close()
	wantSaid(t, said, "")
	Within(t, prompt, h.Ended)
}

func lockGuards(t *testing.T, s store.Store) {
	h := Hold(t, s, "lock", "1")
	guard := Within(t, prompt, h.Guard)
	entries, err := guard.Commit(t.Context(), store.Write{Key: "a", Value: []byte("1")})
	if err != nil || len(entries) != 1 || entries[0].Index == 0 {
		t.Fatal(entries, err)
	}
	_, err = guard.Commit(t.Context(), store.Write{Key: "a", Value: []byte("2")})
	wantConflict(t, err, "1", entries[0].Index)
	key, err := s.Get(t.Context(), "lock")
	if err != nil {
		t.Fatal(err)
	}
	// Who writes to the key takes nothing away; who removes it does.
	key = set(t, s, "lock", "2", key.Index)
	if entries, err = guard.Commit(t.Context(), store.Write{Key: "a", Value: []byte("2"), Index: entries[0].Index}); err != nil {
		t.Fatal(err)
	}
	if err := s.CompareAndDelete(t.Context(), "lock", key.Index); err != nil {
		t.Fatal(err)
	}
	_, err = guard.Commit(t.Context(), store.Write{Key: "a", Value: []byte("3"), Index: entries[0].Index})
	if err != store.ErrLockLost {
		t.Errorf("error %v, want that the lock is lost", err)
	}
	Within(t, prompt, h.Lost)
	if err := Within(t, prompt, h.Ended); err != store.ErrLockLost {
		t.Errorf("the holder ended with %v", err)
	}
	next := Hold(t, s, "lock", "1")
	Within(t, prompt, next.Guard)
	if _, err = guard.Commit(t.Context(), store.Write{Key: "a", Value: []byte("3"), Index: entries[0].Index}); err != store.ErrLockLost {
		t.Errorf("error %v, want that the lock is lost although another holds it", err)
	}
	wantValue(t, s, "a", "2")
}

func lockWait(t *testing.T, s store.Store) {
	Within(t, prompt, Hold(t, s, "lock", "1").Guard)
	h := Hold(t, s, "lock", "2")
	h.Close()
	if err := Within(t, prompt, h.Ended); !errors.Is(err, context.Canceled) {
		t.Errorf("the wait ended with %v", err)
	}
	wantValue(t, s, "lock", "1")
	if err := s.Lock(t.Context(), "a//b", nil, nil); err == nil {
		t.Error("a bad key was taken")
	}
}
