package upstream

import (
	"sync"
	"time"
)

// target holds the connections to one target. One that was forgotten by the
// pool has no connection in use, so nobody can put one back into it: Idle may
// still look at it, and finds nothing.
type target struct {
	mu     sync.Mutex
	used   int     // connections in use or being dialled
	idle   []*Conn // the one used last at the end
	conns  list    // all of them, in use and idle
	quiet  bool    // nothing was in use since the last tick
	closed bool    // the pool has ended
}

// take returns the idle connection that was used last, or nil.
func (to *target) take(limit int) *Conn {
	to.mu.Lock()
	defer to.mu.Unlock()
	n := len(to.idle)
	if n == 0 || limit > 0 && to.used >= limit {
		return nil
	}
	c := to.idle[n-1]
	to.idle[n-1] = nil
	to.idle = to.idle[:n-1]
	to.used++
	to.quiet = false
	c.Reused = true
	return c
}

// put takes c back unless there are enough idle ones.
func (to *target) put(c *Conn, maxIdle int) bool {
	to.mu.Lock()
	defer to.mu.Unlock()
	if to.closed || len(to.idle) >= maxIdle {
		return false
	}
	c.idleSince = time.Time{}
	to.idle = append(to.idle, c)
	to.used--
	return true
}

func (to *target) reserve(limit int) bool {
	to.mu.Lock()
	defer to.mu.Unlock()
	if limit > 0 && to.used >= limit {
		return false
	}
	to.used++
	to.quiet = false
	return true
}

func (to *target) release() {
	to.mu.Lock()
	defer to.mu.Unlock()
	to.used--
}

func (to *target) adopt(c *Conn) {
	to.mu.Lock()
	defer to.mu.Unlock()
	to.conns.add(c)
}

func (to *target) drop(c *Conn) {
	to.mu.Lock()
	defer to.mu.Unlock()
	to.conns.remove(c)
}

func (to *target) inUse() int {
	to.mu.Lock()
	defer to.mu.Unlock()
	return to.used
}

// tick takes out the idle connections whose time is over, oldest first, and
// interrupts the waits that took too long.
func (to *target) tick(now time.Time, timeout time.Duration) (old []*Conn) {
	to.mu.Lock()
	defer to.mu.Unlock()
	for _, c := range to.idle {
		if c.idleSince.IsZero() {
			c.idleSince = now
		}
	}
	for len(to.idle) > 0 && now.Sub(to.idle[0].idleSince) >= timeout {
		old = append(old, to.idle[0])
		to.conns.remove(to.idle[0])
		to.idle = to.idle[1:]
	}
	for c := to.conns.first; c != nil; c = c.next {
		c.tick(now)
	}
	return old
}

// retire reports whether nothing happened and nothing was there for a whole
// tick, so that the pool may forget the target.
func (to *target) retire() bool {
	to.mu.Lock()
	defer to.mu.Unlock()
	gone := to.quiet && to.used == 0 && len(to.idle) == 0
	to.quiet = to.used == 0
	return gone
}

// close refuses connections from now on and takes out the idle ones.
func (to *target) close() (idle []*Conn) {
	to.mu.Lock()
	defer to.mu.Unlock()
	idle, to.idle, to.closed = to.idle, nil, true
	for _, c := range idle {
		to.conns.remove(c)
	}
	return idle
}

// list links connections.
type list struct{ first *Conn }

func (l *list) add(c *Conn) {
	c.next = l.first
	if l.first != nil {
		l.first.prev = c
	}
	l.first = c
}

func (l *list) remove(c *Conn) {
	if c.prev != nil {
		c.prev.next = c.next
	} else {
		l.first = c.next
	}
	if c.next != nil {
		c.next.prev = c.prev
	}
	c.prev, c.next = nil, nil
}
