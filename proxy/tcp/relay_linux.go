package tcp

import (
	"golang.org/x/sys/unix"

	"weir/proxy/exchange"
)

// relay moves bytes both ways until both directions have ended.
func (c *Conn) relay() (again bool) {
	for _, f := range [...]*flow{&c.out, &c.in} {
		other := &c.in
		if f == other {
			other = &c.out
		}
		if err := f.move(c.poller, other.done); err != nil {
			c.brokenBy(f, err)
			return false
		}
		if f.eof {
			if err := f.from.failure(); err != nil {
				c.brokenBy(f, err)
				return false
			}
		}
		if c.out.eof && c.out.err == nil && !c.clientEnded() {
			c.session.TargetEnded = true
		}
	}
	if c.in.done && c.out.done {
		// The reset of a target is told once: to a write or to a read.
		c.broken = c.out.err != nil || c.in.err == unix.ECONNRESET
		c.end(c.why())
	}
	return false
}

// why is why one side took no more, if that was so.
func (c *Conn) why() error {
	switch {
	case c.in.err != nil:
		return c.failure(exchange.ResponseCut, c.in.err)
	case c.out.err != nil:
		return c.failure(exchange.ClientGone, c.out.err)
	}
	return nil
}

// clientEnded reports whether the client has sent its end of input.
func (c *Conn) clientEnded() bool { return c.in.eof && c.in.err == nil }

// failure says which side failed.
func (c *Conn) failure(kind exchange.Failure, err error) error {
	return &exchange.AttemptError{Kind: kind, Target: c.session.Target, Err: err}
}

// brokenBy ends the connection because the side that f comes from broke.
func (c *Conn) brokenBy(f *flow, err error) {
	if f == &c.in {
		c.breakOff(c.failure(exchange.ClientGone, err))
		return
	}
	c.targetBroke(exchange.ResponseCut, err)
}

// targetBroke ends the connection because the target broke it.
func (c *Conn) targetBroke(kind exchange.Failure, err error) {
	c.session.TargetEnded = !c.clientEnded()
	c.breakOff(c.failure(kind, err))
}

// breakOff ends the connection because one side broke; the other sees that.
func (c *Conn) breakOff(err error) {
	c.broken = true
	c.end(err)
}
