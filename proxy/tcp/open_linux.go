package tcp

import (
	"cmp"
	"io"
	"os"

	"golang.org/x/sys/unix"

	"weir/proxy/exchange"
)

// maxHeld bounds what is held for another target. A client that sends more
// before a byte came back stays with the target it has.
const maxHeld = 64 << 10

// open brings what the client sends to the chosen target until its first byte
// comes back. Up to then another target can take its place.
func (c *Conn) open() (again bool) {
	if c.in.eof {
		if err := c.client.failure(); err != nil {
			c.breakOff(c.failure(exchange.ClientGone, err))
			return false
		}
	}
	if !c.connected {
		switch err := c.awaitConnect(); {
		case err == unix.EAGAIN:
			if c.alarm == nil {
				c.setAlarm(c.connectTime(), c.connectLate)
			}
			return false
		case err != nil:
			return c.refusedBy(err)
		}
		c.connected = true
		c.session.Connected()
		c.stopAlarm()
	}
	for {
		if again, settled := c.exchange(); settled {
			return again
		}
		if !c.client.readable || c.in.eof {
			return false
		}
		if len(c.held) >= maxHeld {
			c.settle()
			return true
		}
		if !c.hear() {
			return false
		}
	}
}

// awaitConnect reports whether the target took the connection, by sending when
// there is something to send. It fails with unix.EAGAIN while that is open.
func (c *Conn) awaitConnect() error {
	if !c.target.writable {
		return unix.EAGAIN
	}
	if len(c.held) == 0 && len(c.head) == 0 {
		if err := connected(c.target.fd, c.to); err != nil {
			c.target.writable = err != unix.EAGAIN
			return err
		}
	} else if err := c.send(); err != nil {
		return err
	} else if c.sent == 0 && c.headed == 0 {
		return unix.EAGAIN
	}
	if selfConnected(c.target.fd, c.to) {
		return os.NewSyscallError("connect", unix.ECONNREFUSED)
	}
	return nil
}

// send sends what is held and not sent, and then the client's end of input.
func (c *Conn) send() error {
	if c.headed < len(c.head) && c.target.writable {
		n, err := c.target.write(c.head[c.headed:])
		if err != nil {
			return os.NewSyscallError("write", err)
		}
		c.headed += n
	}
	if c.sent < len(c.held) && c.target.writable {
		n, err := c.target.write(c.held[c.sent:])
		if err != nil {
			return os.NewSyscallError("write", err)
		}
		c.sent += n
	}
	if c.in.eof && !c.in.done && c.sent == len(c.held) && c.headed == len(c.head) {
		sysEndOutput(c.target.fd)
		c.in.done = true
	}
	return nil
}

// exchange sends what can be sent and looks for the target's first byte.
// settled says that this decided how the connection goes on.
func (c *Conn) exchange() (again, settled bool) {
	failed := c.send()
	if failed == nil && !c.target.readable {
		return false, false
	}
	buf := c.poller.buffer()
	defer c.poller.give(buf)
	n, err := c.target.read(buf[:])
	switch {
	case n > 0:
		c.session.Answered(buf[0])
		c.settle()
		c.out.take(buf[:n])
		return true, true
	case err == unix.EAGAIN && failed == nil:
		return false, false
	case err == unix.EAGAIN:
		err = failed
	case err == nil:
		err = cmp.Or(failed, io.EOF) // a reset is told once
	}
	return c.droppedBy(err), true
}

// hear reads more from the client. It reports whether there was more.
func (c *Conn) hear() bool {
	n, err := c.receive()
	switch {
	case err == unix.EAGAIN:
		return false
	case err != nil:
		c.breakOff(c.failure(exchange.ClientGone, err))
		return false
	case n == 0:
		c.in.eof = true
	}
	return true
}

// settle keeps the chosen target for good.
func (c *Conn) settle() {
	c.stage = stageRelay
	c.in.bytes = int64(c.sent)
	if c.headed < len(c.head) { // then nothing that is held was sent
		c.in.rest = append(c.head[c.headed:], c.held...)
	} else if c.sent < len(c.held) {
		c.in.rest, c.held = c.held[c.sent:], nil
	}
	c.release()
}
