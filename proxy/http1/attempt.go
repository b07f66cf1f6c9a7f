package http1

import (
	"cmp"
	"errors"
	"io"
	"os"
	"time"

	"weir/proxy/exchange"
	"weir/proxy/upstream"
	"weir/route"
)

// Sizes of buffers in bytes. A request that fits leaves in one write.
const (
	requestBytes = 16 << 10
	answerBytes  = 16 << 10
	largeBytes   = 64 << 10 // for long bodies
	maxInterim   = 32       // 1xx heads before an answer
)

// attempt is one request on its way to one target, and the answer to it.
type attempt struct {
	tr   *Transport
	x    *exchange.Exchange
	t    *route.Target
	conn *upstream.Conn

	out    []byte  // the request, as far as it is here
	rest   bool    // of the body is to come
	upload *upload // of that; nil before
	in     []byte
	source
	head    responseHead
	chunked chunked
	reads   int     // of body bytes
	large   *[]byte // nil while in is large enough

	stale    bool // the connection ended before a byte of the answer came
	reusable bool
	flush    func() error // a.flushClient, made once
	gone     error        // of a write to the client
}

// run sends the request and passes the answer on.
func (a *attempt) run() (exchange.Failure, error) {
	a.stale, a.reusable = false, false
	if len(a.out) == 0 {
		if kind, err := a.compose(); err != nil {
			return kind, err
		}
	}
	a.source = source{buf: a.in}
	kind, err := a.converse()
	if a.upload != nil {
		a.stopUpload()
		if err != nil && a.upload.cause != nil {
			return exchange.ClientGone, a.upload.cause
		}
	}
	return kind, err
}

// converse sends and receives.
func (a *attempt) converse() (exchange.Failure, error) {
	if kind, err := a.send(); err != nil {
		return kind, err
	}
	if kind, err := a.final(); err != nil {
		return kind, err
	}
	a.headIsHere()
	if a.head.status == 101 {
		return a.switched()
	}
	return a.answer()
}

// send writes the request and reads the first bytes of the answer.
func (a *attempt) send() (exchange.Failure, error) {
	if a.rest {
		if _, err := a.conn.Write(a.out); err != nil {
			return exchange.SendFailed, err
		}
		a.startUpload()
		return 0, nil
	}
	a.conn.Limit(a.headLimit())
	n, sent, err := a.conn.Turn(a.out, a.in)
	a.w = n
	if err != nil {
		a.stale = a.conn.Reused
		return a.early(err, sent == len(a.out))
	}
	return 0, nil
}

// headLimit is for how long the target may be silent before its answer.
func (a *attempt) headLimit() time.Duration { return cmp.Or(a.t.Idle(), a.tr.ResponseHeader) }

// bodyLimit is for how long it may be silent in it.
func (a *attempt) bodyLimit() time.Duration { return cmp.Or(a.t.Idle(), a.tr.Limits.Body) }

// early says what it means that no byte of the answer came.
func (a *attempt) early(err error, sent bool) (exchange.Failure, error) {
	if errors.Is(err, os.ErrDeadlineExceeded) && sent {
		a.stale = false
		return exchange.ResponseTimeout, err
	}
	return exchange.SendFailed, err
}

// final reads heads up to the one of the final answer or of 101.
func (a *attempt) final() (exchange.Failure, error) {
	for range maxInterim {
		a.head.reset(a.head.fields)
		if kind, err := a.readHead(); err != nil {
			return kind, err
		}
		if a.head.status >= 200 || a.head.status == 101 {
			return 0, nil
		}
		if err := a.x.Interim(a.head.status, a.head.fields); err != nil {
			return exchange.ClientGone, err
		}
		a.settle(a.in)
	}
	return exchange.BadResponse, errInterim
}

var errInterim = errors.New("too many interim answers")

func (a *attempt) readHead() (exchange.Failure, error) {
	for {
		size, err := a.head.read(a.unread(), &a.tr.Limits)
		if err == nil {
			a.r += size
			a.keep()
			return 0, nil
		}
		if err != errMore {
			return exchange.BadResponse, err
		}
		if len(a.space()) == 0 && !a.grow(a.tr.Limits.HeaderBytes) {
			return exchange.BadResponse, errHead
		}
		n, err := a.conn.Read(a.space())
		a.w += n
		switch {
		case n > 0:
		case errors.Is(err, os.ErrDeadlineExceeded):
			return exchange.ResponseTimeout, err
		case a.w == 0:
			return exchange.SendFailed, err
		case err == io.EOF:
			return exchange.BadResponse, io.ErrUnexpectedEOF
		default:
			return exchange.BadResponse, err
		}
	}
}

// flushClient sends what is held back for the client.
func (a *attempt) flushClient() error {
	if err := a.x.Flush(); err != nil {
		a.gone = err
	}
	return a.gone
}
