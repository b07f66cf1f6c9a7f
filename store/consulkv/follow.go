package consulkv

import (
	"context"
	"math/rand/v2"
	"time"
)

// Pauses between two queries of a watch.
const (
	gap      = 20 * time.Millisecond // after an answer: changes come in bursts
	minRetry = 100 * time.Millisecond
	maxRetry = 5 * time.Second
)

// Follow repeats a blocking query until ctx ends, and returns the cause of that.
// Each is called with every answer and every error, in order, from one goroutine.
// It takes care of the index as Consul asks for:
// https://developer.hashicorp.com/consul/api-docs/features/blocking#implementation-details
func Follow[T any](ctx context.Context, query func(ctx context.Context, index uint64) (T, uint64, error), each func(T, error)) error {
	var index uint64
	for fails := 0; ; {
		value, next, err := query(ctx, index)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		each(value, err)
		pause := gap
		switch {
		case err != nil:
			// Ask for everything again: who answers next may be another.
			index, pause = 0, retryPause(fails)
			fails++
		case next < index:
			// The servers were restored: their index means something else now.
			index, fails = 0, 0
		default:
			// An index of 0 would not block.
			index, fails = max(next, 1), 0
		}
		sleep(ctx, pause)
	}
}

// retryPause doubles with each failure in a row and is jittered down to half,
// so that a fleet does not come back as one.
func retryPause(fails int) time.Duration {
	pause := min(minRetry<<min(fails, 10), maxRetry)
	return pause/2 + rand.N(pause/2)
}

func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
