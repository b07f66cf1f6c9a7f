package certs

import (
	"context"
	"errors"
	"testing"
	"time"

	"weir/internal/testenv"
)

// runs calls a Run, and ends it with the test.
func runs(t testing.TB, run func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := run(ctx); err != nil {
			t.Error(err)
		}
	}()
	t.Cleanup(func() {
		cancel()
		testenv.Joined(t, 30*time.Second, "the source", func() { <-done })
	})
}

var errForTest = errors.New("vault is away")
