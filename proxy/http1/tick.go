package http1

import (
	"syscall"
	"time"

	"weir/proxy/exchange"
	"weir/proxy/nonblock"
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
		if over(lasts, lim.Request) {
			c.leave((*exchange.Exchange).Expire)
		} else if c.phase.ticks > 0 && c.broken() {
			c.leave((*exchange.Exchange).Leave)
		} else if c.phase.ticks > 0 {
			c.leave(func(x *exchange.Exchange) { x.Overdue(now) })
		}
	case phaseTunnel:
		if over(lasts, lim.Tunnel) {
			c.Close()
		}
	}
	if what, lasts = c.reading.tick(now); what != 0 && over(lasts, lim.Body) {
		c.expire(what)
	}
	if what, _ = c.writing.tick(now); what != 0 && c.writing.ticks > 0 && over(c.stuck(now), lim.Body) {
		c.conn.SetWriteDeadline(time.Unix(1, 0))
	}
}

// stuck is for how long the client has taken no byte of what is written to it.
// A write may last for longer than that.
func (c *Conn) stuck(now time.Time) time.Duration {
	acked := uint64(0)
	c.raw.Control(func(fd uintptr) { acked = nonblock.Acked(int(fd)) })
	return c.writing.progress(now, acked)
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
	code := 0
	c.raw.Control(func(fd uintptr) {
		code, _ = syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_ERROR)
	})
	return code != 0
}
