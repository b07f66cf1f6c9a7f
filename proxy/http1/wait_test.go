package http1

import (
	"runtime"
	"testing"
	"time"
)

// patience is for how long a test waits for what must come: far longer than a
// machine under load takes, so that what never comes is told by its name.
const patience = time.Minute

// next takes what must come on c.
func next[T any](t testing.TB, c <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(patience):
		t.Fatalf("nothing came within %v", patience)
	}
	return v
}

// eventually polls for what another goroutine or process brings about.
func eventually(t testing.TB, good func() bool) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	poll := time.NewTicker(time.Millisecond)
	defer poll.Stop()
	for !good() {
		select {
		case <-poll.C:
		case <-deadline.C:
			t.Fatalf("it did not happen within %v", patience)
		}
	}
}

// joined waits for wait to return, and shows what all goroutines do when that
// does not come to pass.
func joined(t testing.TB, what string, wait func()) {
	t.Helper()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		wait()
	}()
	select {
	case <-ended:
	case <-time.After(2 * patience):
		stacks := make([]byte, 1<<20)
		t.Errorf("%s did not end within %v:\n%s", what, 2*patience, stacks[:runtime.Stack(stacks, true)])
	}
}
