package tcp

import (
	"cmp"

	"golang.org/x/sys/unix"

	"weir/proxy/nonblock"
)

// side is one of the two ends of a connection.
type side struct {
	conn *Conn // never written again: the loop reads it without the lock
	sock
}

// sock is a socket and what is known of it. What epoll reports once
// (edge-triggered) stays noted here until it proves wrong.
type sock struct {
	fd       int    // -1 when there is none
	mask     uint32 // what the loop reports; 0: not watched yet
	readable bool
	writable bool
	special  bool // end of input, an error or urgent data came: a short read is not all
	failed   bool // an error came
	again    bool // has more than its turn allows
}

const watched = unix.EPOLLIN | unix.EPOLLPRI | unix.EPOLLRDHUP | unix.EPOLLET

// note takes over what the loop reports. It may be news of a socket that was
// this side's before: whoever acts on it must make sure.
func (s *side) note(events uint32) {
	if events&^unix.EPOLLOUT != 0 {
		s.readable = true
	}
	if events&^(unix.EPOLLIN|unix.EPOLLPRI|unix.EPOLLRDHUP) != 0 {
		s.writable = true
	}
	if events&^(unix.EPOLLIN|unix.EPOLLOUT) != 0 {
		s.special = true
	}
	s.failed = s.failed || events&unix.EPOLLERR != 0
}

// arm makes sure that the loop reports what the side waits for.
func (s *side) arm() error {
	if s.fd < 0 {
		return nil
	}
	mask := s.mask | watched
	if !s.writable {
		mask |= unix.EPOLLOUT
	}
	if mask == s.mask && !s.again {
		return nil
	}
	s.again = false // setting the mask anew reports what is ready once more
	return s.conn.loop.watch(s, mask)
}

// read reads what is there. It notes when nothing is left; n is 0 with a nil
// error at the end of input.
func (s *side) read(b []byte) (n int, err error) {
	n, err = nonblock.Read(s.fd, b)
	// Less than was asked for is all, unless the end of input came with it,
	// which is reported only once, or urgent data, which a read stops at.
	if err == unix.EAGAIN || err == nil && n < len(b) && !s.special {
		s.readable = false
	}
	return n, err
}

// write writes what fits and notes when no more does.
func (s *side) write(b []byte) (n int, err error) {
	n, err = nonblock.Write(s.fd, b)
	if err == unix.EAGAIN {
		s.writable, err = false, nil
	} else if err == nil && n < len(b) {
		s.writable = false
	}
	return n, err
}

// failure says why a side broke that nobody reads from. Nil: it did not.
func (s *side) failure() error {
	if !s.failed {
		return nil
	}
	s.failed = false
	if code, err := unix.GetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_ERROR); err != nil || code != 0 {
		return cmp.Or(err, error(unix.Errno(code)))
	}
	return nil
}

// close closes the socket; with reset the peer sees that the connection broke.
func (s *side) close(reset bool) {
	if s.fd < 0 {
		return
	}
	s.conn.loop.leave(s)
	closeSocket(s.fd, reset)
	s.sock = sock{fd: -1}
}
