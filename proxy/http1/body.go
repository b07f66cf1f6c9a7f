package http1

import (
	"errors"
	"io"
	"sync/atomic"
	"time"

	"weir/proxy/exchange"
)

// errLater says that the bytes asked for have not come yet.
var errLater = errors.New("not here yet")

// body is a request's body as it comes from the client.
type body struct {
	c       *Conn
	x       *exchange.Exchange
	src     *source
	left    int64 // of a body with Content-Length
	chunked chunked
	framed  bool // by chunks
	waits   bool // the client waits for 100 Continue
	err     error
	over    atomic.Bool // read to its end
	stopped atomic.Bool
}

// Trailers returns the trailer fields; valid after io.EOF.
func (b *body) Trailers() []exchange.Field { return b.chunked.trailers }

// TryRead is Read, but fails with errLater where it would have to wait.
func (b *body) TryRead(p []byte) (n int, err error) {
	if b.err != nil {
		return 0, b.err
	}
	if b.framed {
		n, err = b.takeChunks(p)
	} else {
		n = copy(p[:min(int64(len(p)), b.left)], b.src.unread())
		b.src.r += n
		err = b.took(n)
	}
	return b.count(n, err)
}

// takeChunks decodes what is in the buffer.
func (b *body) takeChunks(p []byte) (total int, err error) {
	for total < len(p) {
		data, used, err := b.chunked.next(b.src.unread(), len(p)-total)
		b.src.r += used
		total += copy(p[total:], data)
		switch {
		case err == errMore && total == 0:
			return 0, errLater
		case err == errMore:
			return total, nil
		case err != nil:
			return total, err
		}
	}
	return total, nil
}

// took notes bytes of a body with Content-Length.
func (b *body) took(n int) error {
	b.left -= int64(n)
	switch {
	case b.left == 0:
		return io.EOF
	case n == 0:
		return errLater
	}
	return nil
}

func (b *body) count(n int, err error) (int, error) {
	b.x.BytesIn += int64(n)
	if err != nil && err != errLater {
		b.err = err
		b.over.Store(err == io.EOF)
	}
	return n, err
}

// Read waits for bytes where none are here.
func (b *body) Read(p []byte) (int, error) {
	for {
		n, err := b.TryRead(p)
		if err != errLater {
			return n, err
		}
		if b.waits && len(b.src.unread()) == 0 {
			b.waits = false
			err = b.c.work.reply.goAhead()
		} else if b.framed {
			b.src.room()
			n, err = b.wait(b.src.space())
			b.src.w += n
		} else {
			n, err = b.wait(p[:min(int64(len(p)), b.left)])
			if err == nil {
				return b.count(n, b.took(n))
			}
		}
		if err != nil {
			return b.count(0, err)
		}
	}
}

// wait reads at least one byte from the client into p.
func (b *body) wait(p []byte) (int, error) {
	b.c.reading.start(phaseRead)
	defer b.c.reading.start(0)
	for {
		if b.stopped.Load() {
			return 0, errStopped
		}
		if b.c.expired.Load() == phaseRead {
			return 0, errSlowBody
		}
		n, err := b.c.conn.Read(p)
		switch {
		case n > 0:
			return n, nil
		case err == io.EOF:
			return 0, errCut
		case !b.c.woken(err):
			return 0, err
		}
	}
}

var errStopped = errors.New("the rest of the body is not wanted")

// Stop makes a blocked and all later calls of Read fail.
func (b *body) Stop() {
	b.stopped.Store(true)
	b.c.conn.SetReadDeadline(time.Unix(1, 0))
}

// reset readies b for the next request of c.
func (b *body) reset(c *Conn) {
	w := c.work
	b.c, b.x, b.src = c, &w.x, &w.source
	b.left, b.chunked, b.framed, b.waits, b.err = 0, chunked{}, false, false, nil
	b.over.Store(false)
	b.stopped.Store(false)
}

// skip passes over a body that is here.
func (b *body) skip() {
	if !b.framed {
		b.src.r += int(b.left)
		return
	}
	for {
		unread := b.src.unread()
		_, used, err := b.chunked.next(unread, len(unread))
		b.src.r += used
		if err != nil {
			return
		}
	}
}

// here reports whether the whole body is in the buffer. It fails where that
// shows an error already.
func (b *body) here() (bool, error) {
	unread := b.src.unread()
	if !b.framed {
		return b.left <= int64(len(unread)), nil
	}
	ahead := b.chunked // a copy decodes, and keeps nothing
	for {
		_, used, err := ahead.next(unread, len(unread))
		unread = unread[used:]
		switch err {
		case nil:
		case io.EOF:
			return true, nil
		case errMore:
			return false, nil
		default:
			return false, err
		}
	}
}
