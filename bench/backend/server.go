package backend

import (
	"context"
	"fmt"
	"net"
	"net/netip"

	"golang.org/x/sys/unix"

	"weir/bench/epoll"
)

// maxPending bounds what one client may send without getting an answer.
const maxPending = 64 << 10

// server answers on one listener, on one goroutine: two system calls and a
// share of an epoll_wait for a request.
type server struct {
	answer   answer
	once     bool // close after the first answer
	poll     *epoll.Poller
	listener int
	conns    map[int]*conn
	buf      [maxPending]byte
}

// listen opens a server on any port of 127.0.0.1.
func listen(a answer, once bool) (*server, error) {
	s := &server{answer: a, once: once, listener: -1, conns: map[int]*conn{}}
	var err error
	if s.poll, err = epoll.New(); err != nil {
		return nil, err
	}
	if err := s.open(); err != nil {
		s.close()
		return nil, fmt.Errorf("backend: %w", err)
	}
	return s, nil
}

func (s *server) open() (err error) {
	if s.listener, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0); err != nil {
		return err
	}
	// Accepted sockets inherit this one's options.
	if err := unix.SetsockoptInt(s.listener, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1); err != nil {
		return err
	}
	if err := unix.Bind(s.listener, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return err
	}
	if err := unix.Listen(s.listener, 4096); err != nil {
		return err
	}
	return s.poll.Add(s.listener, epoll.In)
}

// addr is where the server listens.
func (s *server) addr() string {
	name, err := unix.Getsockname(s.listener)
	in4, ok := name.(*unix.SockaddrInet4)
	if err != nil || !ok {
		return ""
	}
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.AddrFrom4(in4.Addr), uint16(in4.Port))).String()
}

// run serves until ctx ends and closes everything.
func (s *server) run(ctx context.Context) error {
	defer s.close()
	return s.poll.Run(ctx, s.ready)
}

func (s *server) close() {
	for fd := range s.conns {
		unix.Close(fd)
	}
	unix.Close(s.listener)
	s.poll.Close()
}

func (s *server) ready(fd int, _ uint32) error {
	if fd == s.listener {
		return s.accept()
	}
	c := s.conns[fd]
	if c == nil {
		return fmt.Errorf("backend: socket %d is nobody's", fd)
	}
	if !s.serve(c) {
		delete(s.conns, fd)
		unix.Close(fd)
	}
	return nil
}

func (s *server) accept() error {
	for {
		fd, _, err := unix.Accept4(s.listener, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
		if err != nil {
			return nil // none left, or one that has gone already
		}
		s.conns[fd] = &conn{fd: fd}
		if err := s.poll.Add(fd, epoll.In); err != nil {
			return err
		}
	}
}
