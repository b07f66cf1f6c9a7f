package tcp

import (
	"net"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"
)

// read and write are one system call each, as nothing on a non-blocking socket
// is ever interrupted. They fail with unix.EAGAIN where they would block.

func read(fd int, b []byte) (int, error) {
	n, err := unix.Read(fd, b)
	return max(n, 0), err
}

func write(fd int, b []byte) (int, error) {
	n, err := unix.Write(fd, b)
	return max(n, 0), err
}

// connect begins a connection to addr. That is not over when it returns: the
// socket becomes writable or fails.
func connect(addr netip.AddrPort) (fd int, err error) {
	family, to, err := sockaddr(addr)
	if err != nil {
		return -1, err
	}
	fd, err = unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, os.NewSyscallError("socket", err)
	}
	// Pieces are passed on as they come: waiting for more is the sender's choice.
	err = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
	if err == nil {
		err = unix.Connect(fd, to)
	}
	if err != nil && err != unix.EINPROGRESS {
		unix.Close(fd)
		return -1, os.NewSyscallError("connect", err)
	}
	return fd, nil
}

func sockaddr(addr netip.AddrPort) (family int, to unix.Sockaddr, err error) {
	ip := addr.Addr().Unmap()
	if ip.Is4() {
		return unix.AF_INET, &unix.SockaddrInet4{Port: int(addr.Port()), Addr: ip.As4()}, nil
	}
	six := &unix.SockaddrInet6{Port: int(addr.Port()), Addr: ip.As16()}
	if zone := ip.Zone(); zone != "" {
		i, err := net.InterfaceByName(zone)
		if err != nil {
			return 0, nil, err
		}
		six.ZoneId = uint32(i.Index)
	}
	return unix.AF_INET6, six, nil
}

// connected says how a connect ended once the socket became writable;
// unix.EAGAIN when it has not.
func connected(fd int) error {
	code, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err == nil && code != 0 {
		err = unix.Errno(code)
	}
	if err != nil {
		return os.NewSyscallError("connect", err)
	}
	if _, err := unix.Getpeername(fd); err != nil {
		return unix.EAGAIN
	}
	return nil
}

// firstFree is the lowest port that Linux gives to outgoing connections.
const firstFree = 32768

// selfConnected reports whether a connect met itself: nobody listens on a port
// and the system chose that very port for our end, once in some ten thousand
// connects that should have been refused.
func selfConnected(fd int, to netip.AddrPort) bool {
	if to.Port() < firstFree {
		return false
	}
	own, err := unix.Getsockname(fd)
	return err == nil && addrPort(own) == netip.AddrPortFrom(to.Addr().Unmap(), to.Port())
}

func addrPort(a unix.Sockaddr) netip.AddrPort {
	switch a := a.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(a.Addr), uint16(a.Port))
	case *unix.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(a.Addr).Unmap(), uint16(a.Port))
	}
	return netip.AddrPort{}
}

// shut passes the end of input on.
func shut(fd int) { unix.Shutdown(fd, unix.SHUT_WR) }

// closeSocket ends a connection; with reset the peer sees that it broke.
func closeSocket(fd int, reset bool) {
	if reset {
		unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
	}
	unix.Close(fd)
}
