package http2

import (
	"fmt"
	"io"

	"golang.org/x/net/http2"

	"weir/proxy/exchange"
)

// send sends the body: here when it is all there and fits, else on a goroutine
// of its own, because the answer may come first.
func (c *call) send(x *exchange.Exchange) {
	if x.Body == nil {
		c.link.mu.Lock()
		c.link.gather()
		c.link.mu.Unlock()
		return
	}
	c.sent.buf = c.link.buffers.get()
	if r, ok := x.Body.(*request); ok && c.fits(r.whole()) {
		c.pump(x)
		return
	}
	c.pumps = true
	c.pumping.Go(func() { c.pump(x) })
}

// whole returns the size of the body when all of it is here, or -1.
func (r *request) whole() int {
	r.link.mu.Lock()
	defer r.link.mu.Unlock()
	if !r.recvEnd {
		return -1
	}
	return len(r.in) - r.off
}

// fits reports whether n bytes can be sent without waiting for the target.
func (c *call) fits(n int) bool {
	c.link.mu.Lock()
	defer c.link.mu.Unlock()
	return n >= 0 && int64(n) <= min(c.sendWin, c.link.sendWin, bufferSize/2)
}

// pump sends the body and its trailers.
func (c *call) pump(x *exchange.Exchange) {
	for {
		p, err := c.sent.read(x.Body)
		if _, werr := c.write(p); werr != nil {
			return // receive sees it too
		}
		switch {
		case err == io.EOF:
			c.finish(x.Body.Trailers())
			return
		case err != nil:
			c.cancel(clientError{fmt.Errorf("request body: %w", err)})
			return
		case c.pumps: // more may take its time
			c.push()
		}
	}
}

// stopSending ends the sending of a body that nobody waits for.
func (c *call) stopSending(x *exchange.Exchange) {
	if !c.pumps {
		return
	}
	c.link.mu.Lock()
	unfinished := !c.sendEnd
	if unfinished {
		c.link.reset(&c.stream, http2.ErrCodeCancel, errEnded)
	}
	c.link.mu.Unlock()
	if s, ok := x.Body.(exchange.Stopper); ok && unfinished {
		s.Stop()
	}
	c.pumping.Wait()
}
