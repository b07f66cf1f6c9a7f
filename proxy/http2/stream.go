package http2

import (
	"errors"
	"io"
	"sync"
	"time"

	"golang.org/x/net/http2"
)

// errStopped is what a body's reader gets after Stop.
var errStopped = errors.New("the body is not wanted any more")

// host is what a stream belongs to: a request or a call. Its methods are
// called with the link's mu held.
type host interface {
	// headers takes a header block on the open stream.
	headers(b *block) error
	// complete is called when END_STREAM has come after the first block.
	complete()
	// dropped is called once when the stream ends before its time.
	dropped()
}

// stream is what both ends do with a stream. Everything is under link.mu.
type stream struct {
	link *link
	host host
	id   uint32
	open bool      // in link.streams
	cond sync.Cond // something of this stream has changed; L is link.mu
	err  error     // why it ended before its time

	in      []byte // received and not consumed: in[off:]
	off     int
	spare   []byte // alternates with in, see take
	got     int64  // bytes received
	want    int64  // content-length; -1 when none was sent
	recvWin int64
	unpaid  int64 // consumed, not yet given back
	recvEnd bool
	headed  bool // the head came: DATA may follow
	hold    bool // the last byte of want until END_STREAM
	stopped bool // nobody reads any more
	trailer head

	sendWin int64
	sendEnd bool
	mark    int    // where its last frame begins in link.pend
	markGen uint64 // as long as link.gen is this

	// Times as of the last tick.
	opened  time.Time
	moved   time.Time // a byte of body moved
	waiting int       // goroutines that wait for the peer
	since   time.Time // when the first of them began to
}

// start opens s as stream id of l, keeping its buffers.
func (s *stream) start(l *link, h host, id uint32) {
	if cap(s.in) > bufferSize || cap(s.spare) > bufferSize {
		s.in, s.spare = nil, nil
	}
	s.trailer.reset()
	*s = stream{link: l, host: h, id: id, open: true, in: s.in[:0], spare: s.spare[:0], trailer: s.trailer,
		want: -1, recvWin: streamWindow, sendWin: l.peer.window, mark: -1, opened: l.now, moved: l.now}
	s.cond.L = &l.mu
	l.streams[id] = s
	l.budget.opened()
}

// closed takes s off the link when both sides are done with it.
func (s *stream) closed() {
	if s.open && s.recvEnd && s.sendEnd {
		s.link.ended.add(s.id, maxEnded)
		s.link.remove(s)
		s.link.budget.finished()
	}
}

// receive takes the content of a DATA frame. What contradicts content-length
// is not delivered at all (RFC 9113 section 8.1.1).
func (s *stream) receive(data []byte, end bool) error {
	s.got += int64(len(data))
	if !s.headed || s.want >= 0 && (s.got > s.want || end && s.got != s.want) {
		return http2.StreamError{StreamID: s.id, Code: http2.ErrCodeProtocol}
	}
	if s.off > 0 && len(s.in)+len(data) > cap(s.in) {
		s.in, s.off = append(s.in[:0], s.in[s.off:]...), 0
	}
	s.in = append(s.in, data...)
	s.moved = s.link.now
	if end {
		s.ends()
	}
	s.cond.Broadcast()
	return nil
}

// ends notes END_STREAM.
func (s *stream) ends() {
	s.recvEnd = true
	s.host.complete()
	s.closed()
	s.cond.Broadcast()
}

// readable is how many received bytes may be delivered. The last byte of a
// request of announced length waits for END_STREAM: more than announced may
// follow, and a target must not have seen a complete message by then.
func (s *stream) readable() int {
	n := len(s.in) - s.off
	if s.hold && n > 0 && !s.recvEnd && s.got == s.want {
		n--
	}
	return n
}

// end is why nothing more can be read than is there; io.EOF at the end of the message.
func (s *stream) end() error {
	switch {
	case s.stopped:
		return errStopped
	case s.recvEnd:
		return io.EOF
	}
	return s.err
}

// wait waits on c for the peer to do something; the ticks measure how long.
func (s *stream) wait(c *sync.Cond) {
	if s.waiting++; s.waiting == 1 {
		s.since = s.link.now
	}
	c.Wait()
	s.waiting--
}

// stalled reports whether the peer has let us wait for longer than limit.
func (s *stream) stalled(now time.Time, limit time.Duration) bool {
	since := s.since
	if s.moved.After(since) {
		since = s.moved
	}
	return s.waiting > 0 && past(now, since, limit)
}

// read copies received bytes to p.
func (s *stream) read(p []byte) (int, error) {
	l := s.link
	l.mu.Lock()
	defer l.mu.Unlock()
	for s.readable() == 0 {
		if err := s.end(); err != nil {
			return 0, err
		}
		s.wait(&s.cond)
	}
	n := copy(p, s.in[s.off:s.off+s.readable()])
	if s.off += n; s.off == len(s.in) {
		s.in, s.off = s.in[:0], 0
	}
	s.consumed(int64(n))
	l.flush()
	return n, nil
}

// take returns all that can be read now, without copying it; nothing and no
// error when that is nothing. What it returned before, of which it is told the
// length, is overwritten from then on.
func (s *stream) take(before int) ([]byte, error) {
	l := s.link
	l.mu.Lock()
	defer l.mu.Unlock()
	if before > 0 {
		s.consumed(int64(before))
		l.flush()
	}
	n := s.readable()
	if n == 0 {
		return nil, s.end()
	}
	out, rest := s.in[s.off:s.off+n], s.in[s.off+n:]
	s.in, s.spare, s.off = append(s.spare[:0], rest...), s.in, 0
	return out, nil
}

// block waits until take has something to return.
func (s *stream) block() {
	s.link.mu.Lock()
	defer s.link.mu.Unlock()
	for s.readable() == 0 && s.end() == nil {
		s.wait(&s.cond)
	}
}

// consumed returns n bytes of window to the peer, in portions.
func (s *stream) consumed(n int64) {
	l := s.link
	s.unpaid += n
	if s.unpaid >= streamWindow/2 && s.open && !s.recvEnd && l.err == nil {
		l.fr.WriteWindowUpdate(s.id, uint32(s.unpaid))
		s.recvWin += s.unpaid
		s.unpaid = 0
	}
	l.repay(n)
}

// repay returns n bytes of the connection's window to the peer, in portions.
func (l *link) repay(n int64) {
	l.unpaid += n
	if l.unpaid >= l.window/4 && l.err == nil {
		l.fr.WriteWindowUpdate(0, uint32(l.unpaid))
		l.recvWin += l.unpaid
		l.unpaid = 0
	}
}

// abandon says that nobody reads any more.
func (s *stream) abandon() {
	s.stopped = true
	s.discard()
	s.cond.Broadcast()
}

// discard throws away what was received and is not read.
func (s *stream) discard() {
	s.link.repay(int64(len(s.in) - s.off))
	s.in, s.off = s.in[:0], 0
}
