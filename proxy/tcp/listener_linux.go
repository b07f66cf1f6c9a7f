package tcp

import (
	"cmp"
	"context"
	"net"
	"net/netip"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// Listener accepts connections as raw sockets: one system call for each where
// package net makes four or more.
type Listener struct {
	file *os.File
	raw  syscall.RawConn
	addr net.Addr
}

// Listen opens a listener on a TCP address as package net does.
func Listen(ctx context.Context, addr string) (*Listener, error) {
	config := net.ListenConfig{KeepAlive: -1}
	config.SetMultipathTCP(false) // Linux copies what it should splice there
	opened, err := config.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	return Share(opened.(*net.TCPListener))
}

// Share makes a Listener of an open one of package net: a descriptor of its own
// for the same socket, so that connections go to whoever asks first.
func Share(opened *net.TCPListener) (*Listener, error) {
	// The copy waits in the poller like the original, but lets us accept.
	file, err := opened.File()
	if err != nil {
		return nil, err
	}
	l := &Listener{file: file, addr: opened.Addr()}
	if l.raw, err = file.SyscallConn(); err != nil {
		file.Close()
		return nil, err
	}
	// Accepted sockets inherit this.
	l.raw.Control(func(fd uintptr) { unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_NODELAY, 1) })
	return l, nil
}

// Net is the reverse of Share.
func (l *Listener) Net() (*net.TCPListener, error) {
	fd, failed := -1, error(nil)
	err := l.raw.Control(func(own uintptr) { fd, failed = unix.FcntlInt(own, unix.F_DUPFD_CLOEXEC, 0) })
	if err = cmp.Or(err, failed); err != nil {
		return nil, err
	}
	// Of l.file itself package net would ask the descriptor, which makes the
	// socket a blocking one for a moment, with us waiting on it.
	file := os.NewFile(uintptr(fd), "listener")
	defer file.Close() // FileListener copies the descriptor
	opened, err := net.FileListener(file)
	if err != nil {
		return nil, err
	}
	return opened.(*net.TCPListener), nil
}

// Addr is the address that is listened on.
func (l *Listener) Addr() net.Addr { return l.addr }

// Close ends listening; Accept fails with net.ErrClosed.
func (l *Listener) Close() error { return l.file.Close() }

// Socket is an accepted connection that nobody reads yet. Its owner must give it
// to Engine.Conn or close it.
type Socket struct {
	fd     int
	Remote netip.AddrPort
}

// Close ends a connection that no engine took.
func (s Socket) Close() error { return unix.Close(s.fd) }

// Accept waits for a connection. An error that is not net.ErrClosed says that
// the system has no descriptors or memory left; the listener goes on.
func (l *Listener) Accept() (Socket, error) {
	var s Socket
	var failed error
	err := l.raw.Read(func(listener uintptr) bool {
		for {
			if s, failed = accept(int(listener)); !concernsOne(failed) {
				return failed != unix.EAGAIN
			}
		}
	})
	if err != nil {
		return Socket{}, net.ErrClosed
	}
	return s, os.NewSyscallError("accept", failed)
}

// concernsOne reports whether accept failed because a connection had broken
// already, for which Linux has many words: accept(2), "Error handling".
func concernsOne(err error) bool {
	switch err {
	case unix.ECONNABORTED, unix.ENETDOWN, unix.EPROTO, unix.ENOPROTOOPT, unix.EHOSTDOWN,
		unix.ENONET, unix.EHOSTUNREACH, unix.EOPNOTSUPP, unix.ENETUNREACH, unix.EINTR:
		return true
	}
	return false
}

func accept(listener int) (Socket, error) {
	from := address{size: unix.SizeofSockaddrInet6}
	fd, err := sysAccept(listener, &from)
	if err != nil {
		return Socket{}, err
	}
	return Socket{fd: fd, Remote: from.addrPort()}, nil
}
