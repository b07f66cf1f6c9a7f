package tcp

import (
	"encoding/binary"
	"net"
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"
)

// address is a struct sockaddr of IPv4 or IPv6.
type address struct {
	raw  unix.RawSockaddrInet6 // the larger one
	size uint32                // of what is in it; before a call that fills it, of the whole
}

// addressOf makes the address that addr says.
func addressOf(addr netip.AddrPort) (a address, family int, err error) {
	ip := addr.Addr().Unmap()
	if ip.Is4() {
		a.size = unix.SizeofSockaddrInet4
		*a.inet4() = unix.RawSockaddrInet4{Family: unix.AF_INET, Addr: ip.As4()}
	} else {
		a.size = unix.SizeofSockaddrInet6
		a.raw = unix.RawSockaddrInet6{Family: unix.AF_INET6, Addr: ip.As16()}
		if a.raw.Scope_id, err = zone(ip); err != nil {
			return a, 0, err
		}
	}
	binary.BigEndian.PutUint16(a.port(), addr.Port())
	return a, int(a.raw.Family), nil
}

// zone is the number of an address's zone.
func zone(ip netip.Addr) (uint32, error) {
	if ip.Zone() == "" {
		return 0, nil
	}
	i, err := net.InterfaceByName(ip.Zone())
	if err != nil {
		return 0, err
	}
	return uint32(i.Index), nil
}

// addrPort is the address without a zone; not valid when it is of another family.
func (a *address) addrPort() netip.AddrPort {
	port := binary.BigEndian.Uint16(a.port())
	switch a.raw.Family {
	case unix.AF_INET:
		return netip.AddrPortFrom(netip.AddrFrom4(a.inet4().Addr), port)
	case unix.AF_INET6:
		return netip.AddrPortFrom(netip.AddrFrom16(a.raw.Addr).Unmap(), port)
	}
	return netip.AddrPort{}
}

func (a *address) inet4() *unix.RawSockaddrInet4 {
	return (*unix.RawSockaddrInet4)(unsafe.Pointer(&a.raw))
}

// port is in the same place for both families, and big-endian everywhere.
func (a *address) port() []byte { return (*[2]byte)(unsafe.Pointer(&a.raw.Port))[:] }
