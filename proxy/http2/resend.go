package http2

import (
	"errors"
	"fmt"
	"io"

	"weir/proxy/exchange"
)

// sent is what an attempt has read of a body. As long as that fits into one
// buffer the body can be given back, for an attempt at another target.
type sent struct {
	buf   []byte // borrowed
	n     int    // buf[:n] was read
	lost  bool   // more was read
	ended bool   // all was read
}

// read reads some of b.
func (s *sent) read(b exchange.Body) ([]byte, error) {
	if s.n == len(s.buf) {
		s.n, s.lost = 0, true
	}
	at := s.n
	n, err := b.Read(s.buf[at:])
	if !s.lost {
		s.n += n
	}
	s.ended = err == io.EOF
	return s.buf[at : at+n], err
}

// giveBack makes the body of x whole again; it reports false when it cannot.
func (s *sent) giveBack(x *exchange.Exchange) bool {
	if s.n == 0 && !s.lost && !s.ended {
		return x.Body == nil || unstop(x.Body)
	}
	if s.lost || !s.ended && !unstop(x.Body) {
		return false
	}
	x.Body = &resumed{Body: x.Body, read: append([]byte(nil), s.buf[:s.n]...), ended: s.ended}
	return true
}

// release gives the buffer back.
func (s *sent) release(b *buffers) {
	if s.buf != nil {
		b.put(s.buf)
	}
	*s = sent{}
}

// resumed is a body of which the beginning was read before.
type resumed struct {
	exchange.Body
	read  []byte // the beginning
	ended bool   // there is no more
}

// Read reads the beginning first.
func (r *resumed) Read(p []byte) (int, error) {
	if len(r.read) > 0 {
		n := copy(p, r.read)
		r.read = r.read[n:]
		return n, nil
	}
	if r.ended {
		return 0, io.EOF
	}
	return r.Body.Read(p)
}

// Stop makes Read fail, once it has come to what was not read before.
func (r *resumed) Stop() {
	if s, ok := r.Body.(exchange.Stopper); ok {
		s.Stop()
	}
}

// unstop undoes Stop for a body of ours; others cannot be read again after it.
func unstop(b exchange.Body) bool {
	switch b := b.(type) {
	case *request:
		b.link.mu.Lock()
		defer b.link.mu.Unlock()
		b.stopped = false
		return true
	case *resumed:
		return b.ended || unstop(b.Body)
	}
	return false
}

var errUnsent = fmt.Errorf("%w: the connection ended before", errRefused)

// dropped notes that nothing of the call was sent before its connection ended.
func (c *call) dropped() {
	if c.link.err != nil && c.headGen == c.link.gen && !errors.Is(c.err, errRefused) {
		c.err = errUnsent
	}
}
