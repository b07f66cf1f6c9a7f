package exchange

import (
	"sync/atomic"
	"time"
)

// Budget bounds how many requests are sent to another target because of what the
// first one answered, so that targets which cannot bear their load do not get more
// of it. It is a balance: each request on a route that retries adds a part, each
// second a few, each retry takes one. It has no lock, and a full one is not
// written to.
type Budget struct {
	Percent int // of requests on routes that retry
	Least   int // retries in a second, however few requests there are

	balance atomic.Int64 // in hundredths of a retry
	filled  atomic.Int64 // when Least was added last, in Unix nanoseconds
}

const retryCost = 100

// most bounds what is saved: ten seconds of Least, and that of a thousand requests.
func (b *Budget) most() int64 { return retryCost * 10 * int64(b.Least+b.Percent) }

// earn counts a request.
func (b *Budget) earn() {
	if b.balance.Load() < b.most() {
		b.balance.Add(int64(b.Percent))
	}
}

// spend takes a retry; it reports false when none is left.
func (b *Budget) spend(now time.Time) bool {
	b.fill(now)
	for {
		have := b.balance.Load()
		if have < retryCost {
			return false
		}
		if b.balance.CompareAndSwap(have, have-retryCost) {
			return true
		}
	}
}

// fill adds what the time since the last retry brings, ten seconds at most.
func (b *Budget) fill(now time.Time) {
	last := b.filled.Load()
	passed := min(now.Sub(time.Unix(0, last)), 10*time.Second)
	more := int64(passed) * int64(b.Least) * retryCost / int64(time.Second)
	if more <= 0 || !b.filled.CompareAndSwap(last, now.UnixNano()) {
		return
	}
	if room := b.most() - b.balance.Load(); room > 0 {
		b.balance.Add(min(more, room))
	}
}
