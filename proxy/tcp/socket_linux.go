package tcp

import (
	"net/netip"
	"os"

	"golang.org/x/sys/unix"
)

// connect begins a connection to addr. That is not over when it returns: the
// socket becomes writable or fails.
func connect(addr netip.AddrPort) (fd int, err error) {
	to, family, err := addressOf(addr)
	if err != nil {
		return -1, err
	}
	if fd, err = sysSocket(family); err != nil {
		return -1, os.NewSyscallError("socket", err)
	}
	// Pieces are passed on as they come: waiting for more is the sender's choice.
	if err = sysNoDelay(fd); err == nil {
		err = sysConnect(fd, &to)
	}
	if err != nil && err != unix.EINPROGRESS {
		sysClose(fd)
		return -1, os.NewSyscallError("connect", err)
	}
	return fd, nil
}

// connected says how the connect to addr has ended, unix.EAGAIN when it has not.
// A second connect tells, once.
func connected(fd int, addr netip.AddrPort) error {
	to, _, err := addressOf(addr)
	if err != nil {
		return err
	}
	switch err = sysConnect(fd, &to); err {
	case unix.EALREADY:
		return unix.EAGAIN
	case unix.EISCONN:
		return nil
	}
	return os.NewSyscallError("connect", err)
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
	own := address{size: unix.SizeofSockaddrInet6}
	err := sysOwnAddress(fd, &own)
	return err == nil && own.addrPort() == netip.AddrPortFrom(to.Addr().Unmap().WithZone(""), to.Port())
}

// closeSocket ends a connection; with reset the peer sees that it broke.
func closeSocket(fd int, reset bool) {
	if reset {
		unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
	}
	sysClose(fd)
}
