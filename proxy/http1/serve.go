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

// serveTCP waits for requests and has them served on another goroutine, so that
// this one keeps the small stack it began with: it is all that an idle
// connection keeps.
func (c *Conn) serveTCP() {
	await := c.await
	c.step = c.serveStep
	if len(c.early) > 0 {
		c.acquire()
		c.busy.Go(c.serveBusy)
		c.busy.Wait()
	}
	for !c.ended {
		err := c.raw.Read(await)
		switch {
		case err != nil && !c.woken(err):
			return
		case err != nil:
			c.interrupted()
		case !c.ended:
			c.busy.Go(c.serveBusy)
			c.busy.Wait()
		}
	}
}

// await reads the first bytes of a request. The poller calls it whenever there
// may be some.
func (c *Conn) await(fd uintptr) (done bool) {
	if c.work == nil {
		c.acquire()
	}
	n, err := nonblock.Read(int(fd), c.work.space())
	switch {
	case err == syscall.EAGAIN:
		return c.pause()
	case err != nil || n == 0:
		c.eof()
		return true
	}
	c.work.w += n
	return true
}

// serveBusy serves what has been read. It stays with a connection on which one
// request follows the other, until that is idle for a tick.
func (c *Conn) serveBusy() {
	c.pump()
	for !c.ended && c.served > c.settled+1 {
		err := c.raw.Read(c.step)
		c.fd = -1
		switch {
		case err != nil && !c.woken(err):
			c.ended = true
		case err != nil:
			c.interrupted()
		case !c.ended: // serveStep left an exchange to its caller
			c.exchange()
			c.pump()
		}
	}
}

// serveStep reads and serves until there is nothing to read; it reports false
// to be called again when there is. All of it happens inside one wait of the
// poller, so that a request costs one read. It never waits for the client.
func (c *Conn) serveStep(fd uintptr) (done bool) {
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
			// more, except of an end of input that came together with the last
			// bytes: for that Tick wakes the connection, and await reads again.
			if n < len(space) {
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

// serveBlocking runs a connection over TLS.
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
			c.doze()
		case err != nil:
			c.eof()
		}
	}
}

// doze gives the buffers of an idle TLS connection back until bytes come. That
// the last read was woken says that TLS holds none back.
func (c *Conn) doze() {
	if c.ended || c.work.w > 0 || c.work.head.blank {
		return
	}
	c.release()
	for !c.ended {
		err := c.raw.Read(func(fd uintptr) bool { return nonblock.Ready(int(fd)) })
		switch {
		case err == nil:
			return
		case !c.woken(err):
			c.ended = true
		default:
			c.interrupted()
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
			c.refuse(err.(*refusal)) // heads fail with nothing else
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
	c.settled = c.served
	inHead := c.work != nil && c.work.w > 0
	switch expired := c.expired.Swap(0); {
	case inHead && expired == phaseHead:
		c.refuse(errSlowHead)
	case !inHead && (expired == phaseIdle || expired == phaseHead || c.draining.Load()):
		c.ended = true
	}
}
