package tcp

import (
	"cmp"

	"golang.org/x/sys/unix"
)

// relay moves bytes both ways until both directions have ended.
func (c *Conn) relay() (again bool) {
	for _, f := range [...]*flow{&c.out, &c.in} {
		other := &c.in
		if f == other {
			other = &c.out
		}
		if err := f.move(c.poller, other.done); err != nil {
			c.breakOff(err)
			return false
		}
		if f.eof {
			if err := f.from.failure(); err != nil {
				c.breakOff(err)
				return false
			}
		}
	}
	if c.in.done && c.out.done {
		// The reset of a target is told once: to a write or to a read.
		c.broken = c.out.err != nil || c.in.err == unix.ECONNRESET
		c.end(cmp.Or(c.in.err, c.out.err))
	}
	return false
}

// breakOff ends the connection because one side broke; the other sees that.
func (c *Conn) breakOff(err error) {
	c.broken = true
	c.end(err)
}
