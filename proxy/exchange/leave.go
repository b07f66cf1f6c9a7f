package exchange

import "sync"

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
	left bool
	late bool // it did not leave: the exchange took too long
	on   Waiter
}

// Await registers w until the next call; nil unregisters. It reports false
// when the client has left already.
func (x *Exchange) Await(w Waiter) bool {
	x.leaving.mu.Lock()
	defer x.leaving.mu.Unlock()
	x.leaving.on = w
	return !x.leaving.left
}

// Leave is called by an engine that notices, while nothing is read or written
// for it, that the client has left.
func (x *Exchange) Leave() { x.leave(false) }

// Expire is Leave for an exchange that lasts longer than it may. If no answer
// has begun the client gets one that says so.
func (x *Exchange) Expire() { x.leave(true) }

func (x *Exchange) leave(late bool) {
	x.leaving.mu.Lock()
	defer x.leaving.mu.Unlock()
	x.leaving.left, x.leaving.late = true, late
	if x.leaving.on != nil {
		x.leaving.on.Interrupt()
	}
}

// late reports whether the exchange was ended by Expire.
func (x *Exchange) late() bool {
	x.leaving.mu.Lock()
	defer x.leaving.mu.Unlock()
	return x.leaving.late
}
