package http1

import (
	"weir/proxy/exchange"
)

// Sizes of buffers in bytes. A head or body that fits leaves in one write.
const (
	inBytes   = 8 << 10
	outBytes  = 16 << 10
	bodyBytes = 16 << 10 // for chunked bodies that do not fit beside their head
)

// work is what a connection needs while it is not idle.
type work struct {
	x     exchange.Exchange
	head  requestHead
	body  body
	reply reply
	source
	in, out []byte
}

// source is the bytes of a peer that nobody has used yet: buf[r:w]. What is
// before base belongs to the message in progress and stays.
type source struct {
	buf        []byte
	base, r, w int
}

func (s *source) unread() []byte { return s.buf[s.r:s.w] }
func (s *source) space() []byte  { return s.buf[s.w:] }

// keep protects what was used so far.
func (s *source) keep() { s.base = s.r }

// settle moves what is unread to the front of buf, if it fits there, or else of
// the buffer it is in. Nothing else there may be in use any more.
func (s *source) settle(buf []byte) {
	if s.w-s.r > len(buf) {
		buf = s.buf
	}
	n := copy(buf, s.buf[s.r:s.w])
	s.buf, s.base, s.r, s.w = buf, 0, 0, n
}

// grow makes room for a head of up to limit bytes. What points into the buffer
// stays good. It reports false where the limit is reached.
func (s *source) grow(limit int) bool {
	if len(s.buf) >= limit {
		return false
	}
	buf := make([]byte, min(4*len(s.buf), limit))
	copy(buf, s.buf[:s.w])
	s.buf = buf
	return true
}

// room makes room behind what is unread, over what was used since keep.
func (s *source) room() {
	switch {
	case len(s.buf)-s.base < bodyBytes/4:
		buf := make([]byte, bodyBytes)
		s.w = copy(buf, s.buf[s.r:s.w])
		s.buf, s.base, s.r = buf, 0, 0
	case s.r == s.w:
		s.r, s.w = s.base, s.base
	case s.w == len(s.buf):
		s.w = s.base + copy(s.buf[s.base:], s.buf[s.r:s.w])
		s.r = s.base
	}
}
