package upstream

import (
	"bytes"
	"slices"
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

// maxLook bounds the idle connections that are looked at for one with a certain
// server name.
const maxLook = 64

// take returns the idle connection of that name that was used last, or nil.
func (to *target) take(name []byte, limit int) *Conn {
	to.mu.Lock()
	defer to.mu.Unlock()
	if limit > 0 && to.used >= limit {
		return nil
	}
	n := len(to.idle)
	for i := n - 1; i >= 0 && i >= n-maxLook; i-- {
		c := to.idle[i]
		if !bytes.EqualFold(c.name, name) {
			continue
		}
		to.idle = slices.Delete(to.idle, i, i+1)
		to.used++
		to.quiet = false
		c.Reused = true
		return c
	}
	return nil
}

// put takes c back. It returns a connection that has to go for it: the one that
// was idle for longest, or c itself.
func (to *target) put(c *Conn, maxIdle int) (old []*Conn) {
	to.mu.Lock()
	defer to.mu.Unlock()
	to.used--
	if to.closed || maxIdle < 0 {
		to.conns.remove(c)
		return []*Conn{c}
	}
	if len(to.idle) >= maxIdle {
		old = []*Conn{to.idle[0]}
		to.conns.remove(to.idle[0])
		to.idle = slices.Delete(to.idle, 0, 1)
	}
	c.idleSince = time.Time{}
	to.idle = append(to.idle, c)
	return old
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
	for _, c := range slices.Backward(to.idle) {
		if !c.idleSince.IsZero() {
			break
		}
		c.idleSince = now
	}
	for _, c := range to.idle {
		if timeout < 0 || now.Sub(c.idleSince) < timeout {
			break
		}
		to.conns.remove(c)
		old = append(old, c)
	}
	to.idle = slices.Delete(to.idle, 0, len(old))
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
	to.closed = true
	return to.takeIdle()
}

// empty takes out the idle connections.
func (to *target) empty() (idle []*Conn) {
	to.mu.Lock()
	defer to.mu.Unlock()
	return to.takeIdle()
}

func (to *target) takeIdle() (idle []*Conn) {
	idle, to.idle = to.idle, nil
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
