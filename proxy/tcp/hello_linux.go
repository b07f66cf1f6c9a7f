package tcp

import (
	"slices"

	"golang.org/x/sys/unix"

	"weir/tlssni"
)

// readHello reads until the ClientHello is whole.
func (c *Conn) readHello() (again bool) {
	for c.client.readable {
		n, err := c.receive()
		switch {
		case err == unix.EAGAIN:
		case err != nil || n == 0:
			c.refuse("hello")
			return false
		default:
			if again, over := c.scanHello(); over {
				return again
			}
		}
	}
	return false
}

// scanHello looks at what is held. over says that it is a whole ClientHello, or
// none.
func (c *Conn) scanHello() (again, over bool) {
	whole, err := c.scan.Scan(c.held)
	switch {
	case err != nil:
		c.refuse("hello")
		return false, true
	case whole:
		return c.greet(), true
	}
	return false, false
}

// receive reads more from the client behind what is held.
func (c *Conn) receive() (n int, err error) {
	if c.held == nil {
		c.held = c.poller.holder()[:0]
	} else if len(c.held) == cap(c.held) {
		old := c.held
		c.held = slices.Grow(old, holderBytes)
		c.recycle(old)
	}
	n, err = c.client.read(c.held[len(c.held):cap(c.held)])
	c.held = c.held[:len(c.held)+n]
	if len(c.held) == 0 {
		c.release() // who connects and says nothing holds no buffer
	}
	return n, err
}

// release gives up what is held.
func (c *Conn) release() {
	c.recycle(c.held)
	c.held = nil
}

func (c *Conn) recycle(b []byte) {
	if cap(b) == holderBytes {
		c.poller.holders.Put((*[holderBytes]byte)(b[:holderBytes]))
	}
}

// greet decides whose connection it is.
func (c *Conn) greet() (again bool) {
	hello, err := c.scan.Hello(c.held)
	if err != nil {
		c.refuse("hello")
		return false
	}
	c.scan = tlssni.Scanner{}
	c.session.ServerName = hello.ServerName
	c.stage = stagePick
	if c.engine.Terminate == nil {
		return true
	}
	if c.passesThrough() {
		return true
	}
	c.hand()
	return false
}
