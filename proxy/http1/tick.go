package http1

import (
	"syscall"
	"time"
)

// Tick ends what has lasted too long. One that is late by a second is on time.
func (c *Conn) Tick(now time.Time) {
	lim := &c.engine.Limits
	what, lasts := c.phase.tick(now)
	switch what {
	case phaseIdle:
		if over(lasts, lim.Idle) {
			c.expire(what)
		} else if c.phase.ticks == 1 {
			c.wake() // for one look whether the client closed its side
		}
	case phaseHead:
		if over(lasts, lim.Header) {
			c.expire(what)
		}
	case phaseExchange:
		if over(lasts, lim.Request) || c.phase.ticks > 0 && c.broken() {
			c.leave()
		}
	case phaseTunnel:
		if over(lasts, lim.Tunnel) {
			c.Close()
		}
	}
	if what, lasts = c.reading.tick(now); what != 0 && over(lasts, lim.Body) {
		c.expire(what)
	}
	if what, lasts = c.writing.tick(now); what != 0 && over(lasts, lim.Body) {
		c.conn.SetWriteDeadline(time.Unix(1, 0))
	}
}

// over reports whether a limit has passed; zero is none.
func over(lasts, limit time.Duration) bool { return limit > 0 && lasts >= limit }

func (c *Conn) expire(what uint64) {
	c.expired.Store(what)
	c.wake()
}

// broken reports whether the client has reset the connection. One that only
// closed its side may still want the answer.
func (c *Conn) broken() bool {
	if c.raw == nil {
		return false
	}
	code := 0
	c.raw.Control(func(fd uintptr) {
		code, _ = syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_ERROR)
	})
	return code != 0
}
