package proxyproto

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
)

// The bytes of a version 2 header behind its signature.
const (
	v2Local = 0x20 // version and command
	v2Proxy = 0x21

	kindUnspec     = 0x00 // address family and transport
	kindTCP4       = 0x11
	kindUDP4       = 0x12
	kindTCP6       = 0x21
	kindUDP6       = 0x22
	kindUnixStream = 0x31
	kindUnixPacket = 0x32
)

var errKind = errors.New("that is no kind that version 2 knows")

// parseAddresses reads the addresses in tail. What stands behind them, TLVs, is
// of no use to us.
func parseAddresses(kind byte, tail []byte) (Header, error) {
	switch kind {
	case kindTCP4:
		return parseIPs(tail, 4)
	case kindTCP6:
		return parseIPs(tail, 16)
	case kindUnspec, kindUDP4, kindUDP6, kindUnixStream, kindUnixPacket:
		return Header{}, nil
	}
	return Header{}, errKind
}

// parseIPs reads two addresses of size bytes each, and two ports.
func parseIPs(tail []byte, size int) (h Header, err error) {
	if len(tail) < 2*size+4 {
		return h, fmt.Errorf("%d bytes follow, want %d at least", len(tail), 2*size+4)
	}
	end := func(i int) netip.AddrPort {
		addr, _ := netip.AddrFromSlice(tail[i*size : (i+1)*size])
		return netip.AddrPortFrom(addr.Unmap(), binary.BigEndian.Uint16(tail[2*size+2*i:]))
	}
	return Header{end(0), end(1)}, nil
}

func appendV2(b []byte, h Header) []byte {
	b = append(b, signature...)
	source, dest := h.Source.Addr(), h.Dest.Addr()
	switch {
	case !source.IsValid() || !dest.IsValid():
		return append(b, v2Local, kindUnspec, 0, 0)
	case source.Is4() && dest.Is4():
		b = append(b, v2Proxy, kindTCP4, 0, 12)
		b = append(append(b, source.AsSlice()...), dest.AsSlice()...)
	default:
		b = append(b, v2Proxy, kindTCP6, 0, 36)
		s, d := source.As16(), dest.As16()
		b = append(append(b, s[:]...), d[:]...)
	}
	b = binary.BigEndian.AppendUint16(b, h.Source.Port())
	return binary.BigEndian.AppendUint16(b, h.Dest.Port())
}

// Append appends the header to b in the form of a version.
func (h Header) Append(b []byte, v Version) []byte {
	switch v {
	case V1:
		return appendV1(b, h)
	case V2:
		return appendV2(b, h)
	}
	return b
}
