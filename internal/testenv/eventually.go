package testenv

import (
	"context"
	"testing"
	"time"
)

// Eventually calls try until it returns nil and fails the test with its last
// error when that takes longer than within. It is for what another process or
// a socket does in its own time; for timers use testing/synctest.
func Eventually(t testing.TB, within time.Duration, try func() error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
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
