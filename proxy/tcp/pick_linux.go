package tcp

import (
	"fmt"
	"io"
	"net/netip"
	"os"

	"weir/proxy/exchange"
)

// choose takes a target and begins to connect to it.
func (c *Conn) choose() (again bool) {
	t, wait, err := c.next()
	switch {
	case err != nil:
		c.end(err)
		return false
	case t == nil:
		c.stage = stageWait
		c.setAlarm(wait, func() { c.stage = stagePick })
		return false
	}
	c.chosen = t
	addr, err := netip.ParseAddrPort(t.Addr())
	if err != nil {
		c.lookUp(t.Addr())
		return false
	}
	return c.connect(addr)
}

func (c *Conn) connect(addr netip.AddrPort) (again bool) {
	c.stage, c.to = stageOpen, addr
	c.sent, c.connected, c.in.done = 0, false, false
	c.head, c.headed = c.announce(), 0
	c.session.Dials()
	fd, err := connect(addr)
	if err != nil {
		return c.refusedBy(err)
	}
	c.target.sock = sock{fd: fd, writable: true} // trying tells; on loopback it is so
	return true
}

func (c *Conn) connectLate() { c.refusedBy(fmt.Errorf("connect: %w", os.ErrDeadlineExceeded)) }

// refusedBy notes that the chosen target did not take the connection, and has
// another one chosen.
func (c *Conn) refusedBy(err error) (again bool) {
	c.stopAlarm()
	c.target.close(false)
	c.failed(c.chosen, err)
	c.stage = stagePick
	return true
}

// droppedBy looks for another target after the chosen one took the connection
// and ended it (io.EOF) or broke it before its first byte came, where that
// cannot make anything happen twice. Otherwise the client gets the same.
func (c *Conn) droppedBy(err error) (again bool) {
	c.early++
	switch {
	case c.early <= maxEarly && c.repeatable(err):
		return c.refusedBy(fmt.Errorf("%w: %w", errEarly, err))
	case err == io.EOF:
		c.settle()
		c.out.eof = true
		return true
	default:
		c.targetBroke(exchange.SendFailed, err)
		return false
	}
}

// repeatable reports whether the bytes sent so far may be sent to another
// target. A server acts on no ClientHello before it answers. Of other protocols
// this is not known: only a reset says that not all was read, and in practice
// that none was, because the target had stopped accepting.
func (c *Conn) repeatable(err error) bool {
	if c.in.eof {
		return false
	}
	return c.engine.Port == "" || c.sent == 0 || err != io.EOF
}
