package testenv

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"
)

// Eventually calls try until it returns nil and fails the test with its last
// error when that takes longer than within. It is for what another process or
// a socket does in its own time; for timers use testing/synctest.
func Eventually(t testing.TB, within time.Duration, try func() error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), within) // cleanups wait, too
	defer cancel()
	if err := poll(ctx, 5*time.Millisecond, try); err != nil {
		t.Fatalf("not within %v: %v", within, err)
	}
}

// poll calls try at once and then every interval until it returns nil. It
// returns the last error of try when ctx ends.
func poll(ctx context.Context, interval time.Duration, try func() error) error {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-tick.C:
		}
	}
}

// Holds waits until good does, and fails the test when that takes longer than
// within.
func Holds(t testing.TB, within time.Duration, what string, good func() bool) {
	t.Helper()
	Eventually(t, within, func() error {
		if !good() {
			return errors.New(what)
		}
		return nil
	})
}

// Next takes what must come on c, and fails the test when that takes longer than
// within.
func Next[T any](t testing.TB, within time.Duration, what string, c <-chan T) (v T) {
	t.Helper()
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case v = <-c:
	case <-timer.C:
		t.Fatalf("no %s came within %v", what, within)
	}
	return v
}

// Joined waits for wait to return. When that takes longer than within the test
// fails and shows what all goroutines do.
func Joined(t testing.TB, within time.Duration, what string, wait func()) {
	t.Helper()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		wait()
	}()
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case <-ended:
	case <-timer.C:
		stacks := make([]byte, 1<<20)
		t.Errorf("%s did not end within %v:\n%s", what, within, stacks[:runtime.Stack(stacks, true)])
	}
}
