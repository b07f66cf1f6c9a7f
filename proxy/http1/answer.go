package http1

import (
	"errors"
	"io"

	"weir/proxy/exchange"
)

// answer passes the final head and the body on.
func (a *attempt) answer() (exchange.Failure, error) {
	h := &a.head
	bodyless := string(a.x.Method) == "HEAD" || h.status == 204 || h.status == 304
	length := int64(-1)
	if h.lengths > 0 {
		length = h.length
	}
	if err := a.x.Head(h.status, h.fields, length, bodyless); err != nil {
		return exchange.ClientGone, err
	}
	a.base = 0 // the head is not needed any more
	kind, err := exchange.Failure(0), error(nil)
	switch {
	case bodyless:
	case h.encodings > 0:
		kind, err = a.passChunks()
	case length >= 0:
		kind, err = a.passLength(length)
	default:
		kind, err = a.passAll()
	}
	if err != nil {
		return kind, err
	}
	if err := a.x.End(a.chunked.trailers); err != nil {
		return exchange.ClientGone, err
	}
	framed := bodyless || h.encodings > 0 || length >= 0
	a.reusable = framed && h.reusable() && len(a.unread()) == 0 && a.sent()
	return 0, nil
}

func (a *attempt) passLength(left int64) (exchange.Failure, error) {
	for {
		n := min(left, int64(len(a.unread())))
		if n > 0 {
			if _, err := a.x.Write(a.unread()[:n]); err != nil {
				return exchange.ClientGone, err
			}
			a.r += int(n)
			left -= n
		}
		if left == 0 {
			return 0, nil
		}
		if done, kind, err := a.splice(left); done {
			return kind, err
		}
		if kind, err := a.more(); err != nil {
			return kind, err
		}
	}
}

func (a *attempt) passChunks() (exchange.Failure, error) {
	for {
		unread := a.unread()
		data, used, err := a.chunked.next(unread, len(unread))
		a.r += used
		if len(data) > 0 {
			if _, err := a.x.Write(data); err != nil {
				return exchange.ClientGone, err
			}
		}
		switch err {
		case nil:
		case io.EOF:
			return 0, nil
		case errMore:
			if kind, err := a.more(); err != nil {
				return kind, err
			}
		default:
			return exchange.BadResponse, err
		}
	}
}

// passAll passes a body on that ends with the connection.
func (a *attempt) passAll() (exchange.Failure, error) {
	for {
		if len(a.unread()) > 0 {
			if _, err := a.x.Write(a.unread()); err != nil {
				return exchange.ClientGone, err
			}
			a.r = a.w
		}
		switch kind, err := a.more(); {
		case errors.Is(err, io.EOF):
			return 0, nil
		case err != nil:
			return kind, err
		}
	}
}

// more reads body bytes. Before it waits for them it sends what is held back.
func (a *attempt) more() (exchange.Failure, error) {
	a.widen()
	a.room()
	a.conn.Limit(a.bodyLimit())
	n, err := a.conn.More(a.space(), a.flush)
	a.conn.Limit(0)
	a.w += n
	switch {
	case n > 0:
		return 0, nil
	case a.gone != nil:
		return exchange.ClientGone, a.gone
	}
	return exchange.ResponseCut, err
}

// widen takes a large buffer for a body that does not come with its head.
func (a *attempt) widen() {
	if a.reads++; a.reads == 2 {
		a.large = a.tr.largeBuffer()
		a.settle(*a.large)
	}
}
