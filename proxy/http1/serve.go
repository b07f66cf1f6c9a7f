package http1

import (
	"syscall"

	"weir/proxy/nonblock"
)

// want is what a connection needs to go on.
type want int

const (
	wantBytes  want = iota // the rest of a head
	wantIdle               // another request
	wantCaller             // an exchange that may wait for body bytes
	wantEnd
)

// serveTCP runs the connection inside waits of the network poller: what is read
// comes in by step, which the poller calls whenever there may be bytes. A busy
// connection so pays one read for a request, and an idle one holds no buffer.
func (c *Conn) serveTCP() {
	step := c.step
	for !c.ended {
		err := c.raw.Read(step)
		c.fd = -1
		switch {
		case err != nil && !c.woken(err):
			return
		case err != nil:
			c.interrupted()
		case !c.ended: // step left an exchange to its caller
			c.exchange()
			c.pump()
		}
	}
}

// step reads and serves until there is nothing to read. It reports false to be
// called again when there is. It never waits for the client's bytes.
func (c *Conn) step(fd uintptr) (done bool) {
	c.fd = int(fd)
	for {
		if c.work == nil {
			c.acquire()
		}
		space := c.work.space()
		n, err := nonblock.Read(c.fd, space)
		switch {
		case err == syscall.EAGAIN:
			return c.pause()
		case err != nil || n == 0:
			c.eof()
			return true
		}
		c.work.w += n
		switch c.advance() {
		case wantCaller, wantEnd:
			return true
		case wantIdle:
			// A short read has emptied the socket, and the poller will tell of
			// more. But the end of input may have come together with the last
			// bytes; a connection's first request gets another read for it, and
			// Tick looks after the rest.
			if n < len(space) && c.served > 1 {
				return c.pause()
			}
		}
	}
}

// pause gives the buffers back where nothing has begun.
func (c *Conn) pause() (done bool) {
	if c.work.w == 0 && !c.work.head.blank {
		c.release()
	}
	return false
}

// serveBlocking runs a connection that the poller cannot be asked about.
func (c *Conn) serveBlocking() {
	for !c.ended {
		if c.work == nil {
			c.acquire()
		}
		n, err := c.conn.Read(c.work.space())
		c.work.w += n
		switch {
		case n > 0:
			c.pump()
		case c.woken(err):
			c.interrupted()
		case err != nil:
			c.eof()
		}
	}
}

// pump serves what has been read, waiting for bodies.
func (c *Conn) pump() {
	for !c.ended && c.advance() == wantCaller {
		c.exchange()
	}
}

// advance serves the requests that are in the buffer with their bodies.
func (c *Conn) advance() want {
	for {
		w := c.work
		if w.w == 0 {
			return wantIdle
		}
		size, err := w.head.read(w.unread(), &c.engine.Limits)
		if err == nil {
			w.r = size
			w.keep()
			err = c.prepare()
		}
		switch {
		case err == errMore:
			c.begin()
			return wantBytes
		case err != nil:
			c.refuse(err)
			return wantEnd
		case !c.whole():
			return wantCaller
		}
		c.exchange()
		if c.ended {
			return wantEnd
		}
	}
}

// begin notes that a head has begun, and makes room for its rest.
func (c *Conn) begin() {
	if !c.phase.is(phaseHead) {
		c.phase.start(phaseHead)
	}
	if len(c.work.space()) == 0 {
		c.work.grow(c.engine.Limits.HeaderBytes)
	}
}

// eof ends a connection that gives no more bytes. A client that closed only its
// side is told what became of half a request.
func (c *Conn) eof() {
	c.ended = true
	if c.work != nil && c.work.w > 0 {
		c.refuse(errCut)
	}
}

// interrupted looks for the reason why a wait between or in heads was ended.
func (c *Conn) interrupted() {
	inHead := c.work != nil && c.work.w > 0
	switch expired := c.expired.Swap(0); {
	case inHead && expired == phaseHead:
		c.refuse(errSlowHead)
	case !inHead && (expired == phaseIdle || expired == phaseHead || c.draining.Load()):
		c.ended = true
	}
}
