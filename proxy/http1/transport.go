package http1

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"weir/proxy/exchange"
	"weir/proxy/upstream"
	"weir/route"
)

// Transport sends exchanges to targets over HTTP/1.1. Its fields are set before
// the first use and do not change. It is safe for concurrent use.
type Transport struct {
	Pool   *upstream.Pool
	Limits exchange.Limits
	// ResponseHeader is how long a target may take from the end of the request
	// to the end of its answer's head. Zero means no limit.
	ResponseHeader time.Duration

	attempts sync.Pool // of *attempt
	buffers  sync.Pool // of *[]byte, largeBytes each
	pipes    sync.Pool // of *nonblock.Pipe, empty
	piping   atomic.Int32
}

// RoundTrip implements exchange.Transport.
func (tr *Transport) RoundTrip(x *exchange.Exchange, t *route.Target) error {
	a := tr.attempt(x, t)
	defer tr.release(a)
	for fresh := false; ; fresh = true {
		kind, err := a.connect(fresh)
		if err != nil {
			if kind == exchange.ConnectFailed && len(a.out) > 0 && x.Length != 0 {
				kind = exchange.SendFailed // the body cannot be read again for another target
			}
			return &exchange.AttemptError{Kind: kind, Target: t.Addr(), Err: err}
		}
		kind, err = a.run()
		left := !x.Await(nil)
		if a.reusable && err == nil && !left {
			tr.Pool.Put(a.conn)
			return nil
		}
		tr.Pool.Discard(a.conn)
		switch {
		case err == nil:
			return nil
		case left:
			kind = exchange.ClientGone
		case errors.Is(err, upstream.ErrStale), a.stale && x.Repeatable():
			continue
		}
		return &exchange.AttemptError{Kind: kind, Target: t.Addr(), Err: err}
	}
}

func (tr *Transport) attempt(x *exchange.Exchange, t *route.Target) *attempt {
	a, ok := tr.attempts.Get().(*attempt)
	if !ok {
		a = &attempt{tr: tr, in: make([]byte, answerBytes), out: make([]byte, 0, requestBytes)}
		a.flush = a.flushClient
	}
	a.x, a.t = x, t
	return a
}

func (tr *Transport) largeBuffer() *[]byte {
	if b, ok := tr.buffers.Get().(*[]byte); ok {
		return b
	}
	b := make([]byte, largeBytes)
	return &b
}

func (tr *Transport) release(a *attempt) {
	if a.large != nil {
		tr.buffers.Put(a.large)
	}
	*a = attempt{tr: tr, in: a.in, out: a.out[:0], flush: a.flush, head: responseHead{header: a.head.another(a.head.fields)}}
	tr.attempts.Put(a)
}

// connect takes a connection from the pool or opens one. A pooled connection
// that the target has closed is replaced here when there is a body, as that can
// be read only once, and else by Turn.
func (a *attempt) connect(fresh bool) (exchange.Failure, error) {
	pool := a.tr.Pool
	for !fresh {
		if a.conn = pool.Idle(a.t, a.x.Host); a.conn == nil {
			break
		}
		if a.x.Length == 0 || a.conn.Quiet() {
			return a.await(a.conn)
		}
		pool.Discard(a.conn)
	}
	return a.dial()
}

// dial opens a connection.
func (a *attempt) dial() (exchange.Failure, error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if kind, err := a.await(dialing(cancel)); err != nil {
		return kind, err
	}
	var err error
	start := time.Now()
	a.conn, err = a.tr.Pool.Dial(ctx, a.t, a.x.Host, a.x.Connect)
	a.x.Connected = time.Since(start)
	if err != nil {
		if !a.x.Await(nil) {
			return exchange.ClientGone, err
		}
		return exchange.ConnectFailed, err
	}
	return a.await(a.conn)
}

var errLeft = errors.New("the client has left")

// await has w interrupted when the client leaves.
func (a *attempt) await(w exchange.Waiter) (exchange.Failure, error) {
	if a.x.Await(w) {
		return 0, nil
	}
	a.x.Await(nil)
	if w == exchange.Waiter(a.conn) {
		a.tr.Pool.Discard(a.conn)
	}
	return exchange.ClientGone, errLeft
}

// dialing is a connection attempt as a Waiter.
type dialing context.CancelFunc

// Interrupt ends the attempt.
func (d dialing) Interrupt() { d() }
