package http1

import (
	"testing"
	"time"

	"weir/internal/testenv"
)

// patience is for how long a test waits for what must come: far longer than a
// machine under load takes, so that what never comes is told by its name.
const patience = time.Minute

// next takes what must come on c.
func next[T any](t testing.TB, c <-chan T) T {
	t.Helper()
	return testenv.Next(t, patience, "value", c)
}

// eventually waits for what another goroutine or process brings about.
func eventually(t testing.TB, good func() bool) {
	t.Helper()
	testenv.Holds(t, patience, "it did not happen", good)
}

// joined waits for wait to return.
func joined(t testing.TB, what string, wait func()) {
	t.Helper()
	testenv.Joined(t, 2*patience, what, wait)
}
