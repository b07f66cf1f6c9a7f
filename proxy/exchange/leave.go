package exchange

import (
	"sync"
	"time"

	"weir/route"
)

// Waiter is a transport's attempt while it waits for a target.
type Waiter interface {
	// Interrupt ends the wait because the client has left. It is called from
	// any goroutine and must not block.
	Interrupt()
}

// Stopper is a Body whose blocked Read another goroutine can end, as when the
// target answers before it has taken the whole body.
type Stopper interface {
	// Stop makes a blocked and all later calls of Read fail.
	Stop()
}

// leaving connects a client that leaves with what waits for a target meanwhile.
type leaving struct {
	mu   sync.Mutex
	why  why
	on   Waiter
	with *route.Target // that on is for; nil without on
}

// why is why an exchange is to end.
type why uint8

const (
	goesOn  why = iota
	left        // the client has left
	late        // it took too long
	drained     // the target is being taken out of service
)

// Await registers w until the next call; nil unregisters. It reports false
// when the client has left already.
func (x *Exchange) Await(w Waiter) bool {
	x.leaving.mu.Lock()
	defer x.leaving.mu.Unlock()
	x.leaving.on, x.leaving.with = w, nil
	if w != nil {
		x.leaving.with = x.Target
	}
	return x.leaving.why == goesOn
}

// Bound returns the target that works on the exchange now, nil for none, and when
// the exchange began. Any goroutine may call it as long as x is not reset.
func (x *Exchange) Bound() (t *route.Target, start time.Time) {
	x.leaving.mu.Lock()
	defer x.leaving.mu.Unlock()
	if x.leaving.with == nil {
		return nil, start
	}
	return x.leaving.with, x.Start
}

// Leave is called by an engine that notices, while nothing is read or written
// for it, that the client has left.
func (x *Exchange) Leave() { x.leave(left) }

// Expire is Leave for an exchange that lasts longer than it may. If no answer
// has begun the client gets one that says so.
func (x *Exchange) Expire() { x.leave(late) }

// Overdue is Expire for an exchange whose target has a time limit of its own that
// has passed.
func (x *Exchange) Overdue(now time.Time) {
	if t, start := x.Bound(); t != nil && t.Timeout() > 0 && now.Sub(start) >= t.Timeout() {
		x.Expire()
	}
}

// Evict is Expire for an exchange whose target is being taken out of service. It
// reports false when the exchange was to end already.
func (x *Exchange) Evict() (first bool) { return x.leave(drained) }

func (x *Exchange) leave(cause why) (first bool) {
	x.leaving.mu.Lock()
	defer x.leaving.mu.Unlock()
	if x.leaving.why != goesOn {
		return false // who waited was interrupted, and who would wait is not let
	}
	x.leaving.why = cause
	if x.leaving.on != nil {
		x.leaving.on.Interrupt()
	}
	return true
}

// leftFor is why the exchange was ended from outside, if it was.
func (x *Exchange) leftFor() why {
	x.leaving.mu.Lock()
	defer x.leaving.mu.Unlock()
	return x.leaving.why
}
