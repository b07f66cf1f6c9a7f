package http2

import (
	"bytes"
	"errors"

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
	c.reused, c.silence = false, to.Idle()
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
	if err != nil {
		err = c.failed(x, to, err)
	}
	c.sent.release(c.link.buffers)
	return err
}

// failed makes an AttemptError of what ended the call.
func (c *call) failed(x *exchange.Exchange, to *route.Target, err error) error {
	kind := c.kind(err)
	if kind == exchange.ConnectFailed && !c.sent.giveBack(x) {
		kind = exchange.SendFailed
	}
	c.passReset(x, err)
	return &exchange.AttemptError{Kind: kind, Target: to.Addr(), Err: err}
}

// kind says what err, which ended the call, means.
func (c *call) kind(err error) exchange.Failure {
	var client clientError
	switch {
	case errors.As(err, &client) || errors.Is(err, errLeft):
		return exchange.ClientGone
	case isRefusal(err):
		return exchange.ConnectFailed
	case errors.Is(err, errNoHead):
		return exchange.ResponseTimeout
	case c.final.status != 0 && !isOurs(err):
		return exchange.ResponseCut
	case isReset(err):
		return exchange.BadResponse
	}
	return exchange.SendFailed
}

// again reports whether the request may be sent to the target once more: its
// connection went away before the target acted on it, or was old and it does no
// harm. A target that refused it on a connection that goes on has a reason to:
// that is for the caller, which knows other targets and waits before it asks
// the same one again.
func (c *call) again(x *exchange.Exchange, err error) bool {
	var attempt *exchange.AttemptError
	if !errors.As(err, &attempt) || isReset(err) || x.Begun() || !x.Await(nil) {
		return false
	}
	switch attempt.Kind {
	case exchange.ConnectFailed:
		return errors.Is(err, errRefused)
	case exchange.SendFailed:
		return c.reused && x.Repeatable()
	}
	return false
}

// isRefusal reports whether the target has not acted on the request: it says so
// (RFC 9113 section 8.7), or nothing was sent.
func isRefusal(err error) bool {
	var reset http2.StreamError
	return errors.Is(err, errRefused) || errors.As(err, &reset) && reset.Cause == errFromPeer && reset.Code == http2.ErrCodeRefusedStream
}

// isReset reports whether the stream alone has ended, by either end's will: the
// target has looked at the request.
func isReset(err error) bool {
	var reset http2.StreamError
	return errors.As(err, &reset)
}

// isOurs reports whether we reset the stream for what the target sent.
func isOurs(err error) bool {
	var reset http2.StreamError
	return errors.As(err, &reset) && reset.Cause != errFromPeer
}

// passReset resets the client's stream as the target has reset ours. To gRPC
// the code is the status of the call, and a 502 would be another one: it asks
// to try again (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).
func (c *call) passReset(x *exchange.Exchange, err error) {
	var reset http2.StreamError
	p, ok := x.Reply.(*reply)
	if !ok || !isGRPC(x) || isRefusal(err) || !errors.As(err, &reset) || reset.Cause != errFromPeer || reset.Code == http2.ErrCodeNo {
		return
	}
	p.link.mu.Lock()
	defer p.link.mu.Unlock()
	p.link.reset(&p.stream, reset.Code, errEnded)
	p.link.kick()
}

func isGRPC(x *exchange.Exchange) bool {
	for _, f := range x.Fields {
		if f.Is("content-type") {
			return bytes.HasPrefix(f.Value, text("application/grpc"))
		}
	}
	return false
}
