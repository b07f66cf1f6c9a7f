package certs

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"
)

// Limits of what is read over the network.
const (
	roundTrip = 10 * time.Second // one request
	pass      = time.Minute      // all requests of one read
	maxPause  = time.Minute      // between a read that failed and the next
	minPause  = time.Second
)

// polled is a place that is read again and again.
type polled struct {
	read  func(ctx context.Context) ([]text, error)
	every time.Duration // 0: until it was read once without an error
}

func (p *polled) watch(ctx context.Context, each func([]text, error)) {
	for fails := 0; ctx.Err() == nil; {
		limited, cancel := context.WithTimeout(ctx, pass)
		texts, err := p.read(limited)
		cancel()
		if ctx.Err() != nil {
			return
		}
		each(texts, err)
		bad := func(t text) bool { return t.err != nil }
		pause := p.every
		switch {
		case err != nil || slices.ContainsFunc(texts, bad):
			pause = max(p.every, backoff(fails))
			fails++
		case p.every == 0:
			<-ctx.Done()
		default:
			fails = 0
		}
		sleep(ctx, pause)
	}
}

// backoff doubles with each failure in a row and is jittered down to half, so
// that a fleet does not come back as one.
func backoff(fails int) time.Duration {
	pause := min(minPause<<min(fails, 6), maxPause)
	return pause - rand.N(pause/2)
}

// sleep returns after d or when ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
