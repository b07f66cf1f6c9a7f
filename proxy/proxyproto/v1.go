package proxyproto

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// parseLine reads what stands behind "PROXY " in a header of version 1.
func parseLine(s string) (Header, error) {
	if s == "UNKNOWN" || strings.HasPrefix(s, "UNKNOWN ") {
		return Header{}, nil // what follows is to be ignored
	}
	words := strings.Split(s, " ")
	if len(words) != 5 || words[0] != "TCP4" && words[0] != "TCP6" {
		return Header{}, errors.New("want TCP4 or TCP6, two addresses and two ports, or UNKNOWN")
	}
	source, err := parseEnd(words[0], words[1], words[3])
	if err != nil {
		return Header{}, err
	}
	dest, err := parseEnd(words[0], words[2], words[4])
	if err != nil {
		return Header{}, err
	}
	return Header{source, dest}, nil
}

func parseEnd(family, ip, port string) (netip.AddrPort, error) {
	addr, err := netip.ParseAddr(ip)
	if err != nil || addr.Zone() != "" || addr.Is4() != (family == "TCP4") {
		return netip.AddrPort{}, fmt.Errorf("%q is not an address of %s", ip, family)
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || strconv.FormatUint(n, 10) != port {
		return netip.AddrPort{}, fmt.Errorf("port %q is not a number from 0 to 65535", port)
	}
	return netip.AddrPortFrom(addr.Unmap(), uint16(n)), nil
}

func appendV1(b []byte, h Header) []byte {
	b = append(b, line...)
	source, dest := h.Source, h.Dest
	switch {
	case !source.IsValid() || !dest.IsValid():
		return append(b, "UNKNOWN\r\n"...)
	case source.Addr().Is4() && dest.Addr().Is4():
		b = append(b, "TCP4 "...)
	default:
		b = append(b, "TCP6 "...)
		source, dest = wide(source), wide(dest)
	}
	b = append(source.Addr().AppendTo(b), ' ')
	b = append(dest.Addr().AppendTo(b), ' ')
	b = append(strconv.AppendUint(b, uint64(source.Port()), 10), ' ')
	return append(strconv.AppendUint(b, uint64(dest.Port()), 10), "\r\n"...)
}

// wide is an address in IPv6, without a zone.
func wide(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom16(a.Addr().As16()), a.Port())
}
