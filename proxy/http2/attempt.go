package http2

import (
	"errors"
	"fmt"
	"io"

	"golang.org/x/net/http2"

	"weir/proxy/exchange"
	"weir/route"
)

// clientError marks what failed on the client's side.
type clientError struct{ error }

func (e clientError) Unwrap() error { return e.error }

// ofClient marks an error of the client's side.
func ofClient(err error) error {
	if err == nil {
		return nil
	}
	return clientError{err}
}

// attempt sends x and hands the answer on. Its error is an *exchange.AttemptError.
func (c *call) attempt(x *exchange.Exchange, to *route.Target, g *group) error {
	c.took, c.reused = false, false
	err := g.begin(c, x, to)
	if err == errNoConnect {
		return &exchange.AttemptError{Kind: exchange.SendFailed, Target: to.Addr(), Err: err}
	}
	if err != nil {
		return &exchange.AttemptError{Kind: exchange.ConnectFailed, Target: to.Addr(), Err: err}
	}
	if !x.Await(c) {
		c.Interrupt()
	}
	c.send(x)
	err = c.receive(x)
	c.stopSending(x)
	x.Await(nil)
	c.session.done(c)
	if err == nil {
		return nil
	}
	return &exchange.AttemptError{Kind: c.kind(err), Target: to.Addr(), Err: err}
}

// kind says what err, which ended the call, means.
func (c *call) kind(err error) exchange.Failure {
	var client clientError
	switch {
	case errors.As(err, &client) || errors.Is(err, errLeft):
		return exchange.ClientGone
	case isRefusal(err) && !c.took:
		return exchange.ConnectFailed
	case errors.Is(err, errNoHead):
		return exchange.ResponseTimeout
	case isOurs(err):
		return exchange.BadResponse
	case c.final.status != 0:
		return exchange.ResponseCut
	}
	return exchange.SendFailed
}

// again reports whether the request may be sent once more: the target has not
// acted on it, or the connection was old and it does no harm.
func (c *call) again(x *exchange.Exchange, err error) bool {
	if c.took || x.Begun() || !x.Await(nil) {
		return false
	}
	var attempt *exchange.AttemptError
	sent := errors.As(err, &attempt) && attempt.Kind == exchange.SendFailed
	return isRefusal(err) || sent && c.reused && x.Repeatable()
}

// isRefusal reports whether the target says that it has not acted on the
// request (RFC 9113 section 8.7).
func isRefusal(err error) bool {
	var reset http2.StreamError
	return errors.Is(err, errRefused) || errors.As(err, &reset) && reset.Cause == errFromPeer && reset.Code == http2.ErrCodeRefusedStream
}

// isOurs reports whether we reset the stream for what the target sent.
func isOurs(err error) bool {
	var reset http2.StreamError
	return errors.As(err, &reset) && reset.Cause != errFromPeer
}

// send sends the body: here when it is all there and fits, else on a goroutine
// of its own, because the answer may come first.
func (c *call) send(x *exchange.Exchange) {
	if x.Body == nil {
		c.link.mu.Lock()
		c.link.gather()
		c.link.mu.Unlock()
		return
	}
	c.took = true
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
	buf := c.link.buffers.get()
	defer c.link.buffers.put(buf)
	for {
		n, err := x.Body.Read(buf)
		if _, werr := c.write(buf[:n]); werr != nil {
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
