package consulkv

import (
	"context"
	"math/rand/v2"
	"time"
)

// gap is between an answer and the next query of a watch: changes come in bursts.
const gap = 20 * time.Millisecond

// Query reads something and the index that it stands at. With an index it
// blocks until there is something newer, or until its time is over.
type Query[T any] func(ctx context.Context, index uint64) (T, uint64, error)

// Follow repeats a query until ctx ends, and returns the cause of that. Each is
// called with every answer and every error, in order, from one goroutine. After
// an error it waits for retry, and for up to eight times that while errors go on.
// It treats the index as Consul asks for:
// https://developer.hashicorp.com/consul/api-docs/features/blocking#implementation-details
func Follow[T any](ctx context.Context, retry time.Duration, query Query[T], each func(T, error)) error {
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
			index, pause = 0, backoff(retry, fails)
			fails++
		case next < index:
			// The servers were restored: their index means something else now.
			index, fails = 0, 0
		default:
			// An index of 0 would not block.
			index, fails = max(next, 1), 0
		}
		Sleep(ctx, pause)
	}
}

// Every asks each d and never waits for a change; with a d of 0 it is query.
func Every[T any](d time.Duration, query Query[T]) Query[T] {
	if d <= 0 {
		return query
	}
	return func(ctx context.Context, index uint64) (T, uint64, error) {
		if index != 0 { // 0 is the first, or after an error, which has had its pause
			Sleep(ctx, d)
		}
		value, _, err := query(ctx, 0)
		return value, 1, err
	}
}

// backoff doubles with each failure in a row and is jittered down to half, so
// that a fleet does not come back as one.
func backoff(retry time.Duration, fails int) time.Duration {
	pause := retry << min(fails, 3)
	return pause - rand.N(pause/2+1)
}

// Sleep returns after d or when ctx ends.
func Sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
