package tcp

import (
	"net/netip"
	"testing"

	"golang.org/x/sys/unix"
)

// A socket that connects to its own port gets itself, which is no target.
func TestSelfConnected(t *testing.T) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	own := address{size: unix.SizeofSockaddrInet6}
	if err := sysOwnAddress(fd, &own); err != nil {
		t.Fatal(err)
	}
	if own.addrPort().Port() < firstFree {
		t.Skipf("the system gave port %d", own.addrPort().Port())
	}
	if err := sysConnect(fd, &own); err != nil {
		t.Fatal(err)
	}
	if !selfConnected(fd, own.addrPort()) {
		t.Error("not noticed")
	}
	other := netip.AddrPortFrom(own.addrPort().Addr(), own.addrPort().Port()-1)
	if selfConnected(fd, other) {
		t.Error("another address is taken for the own one")
	}
}
