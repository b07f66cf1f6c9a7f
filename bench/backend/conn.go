package backend

import (
	"golang.org/x/sys/unix"

	"weir/bench/epoll"
)

// conn is a client. Its buffers are only used when a request came in pieces or
// an answer did not fit into the socket.
type conn struct {
	fd      int
	in      []byte // read and not answered
	out     []byte // sent times times more, after rest
	rest    []byte // not sent
	times   int
	blocked bool // waiting for room in the socket
}

// serve goes on with a connection that has something to do. It reports false
// when the connection is to be closed.
func (s *server) serve(c *conn) bool {
	if c.blocked {
		return s.unblock(c) && s.send(c) && (c.blocked || s.answers(c, c.in))
	}
	n, err := unix.Read(c.fd, s.buf[:])
	if err != nil || n == 0 {
		return err == unix.EAGAIN
	}
	if len(c.in) == 0 {
		return s.answers(c, s.buf[:n])
	}
	return s.answers(c, append(c.in, s.buf[:n]...))
}

// answers answers all of in that is complete and keeps the rest.
func (s *server) answers(c *conn, in []byte) bool {
	for len(in) > 0 && !c.blocked {
		n, out, times := s.answer(in)
		if n == 0 {
			break
		}
		in = in[n:]
		c.out, c.rest, c.times = out, out, times-1
		if !s.send(c) || s.once {
			return false
		}
	}
	c.in = append(c.in[:0], in...)
	return len(c.in) < maxPending
}

// send writes what is left of an answer. It writes from memory, as most
// services do: sendfile would be cheaper here and dearer for whoever reads.
func (s *server) send(c *conn) bool {
	for len(c.rest) > 0 {
		n, err := unix.Write(c.fd, c.rest)
		if err == unix.EAGAIN {
			c.blocked = true
			return s.poll.Change(c.fd, epoll.Out) == nil
		}
		if err != nil {
			return false
		}
		if c.rest = c.rest[n:]; len(c.rest) == 0 && c.times > 0 {
			c.rest, c.times = c.out, c.times-1
		}
	}
	return true
}

func (s *server) unblock(c *conn) bool {
	c.blocked = false
	return s.poll.Change(c.fd, epoll.In) == nil
}
