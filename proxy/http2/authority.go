package http2

import (
	"bytes"
	"net/netip"
)

// parseHost takes :authority or Host; where both are given they must agree.
func (r *request) parseHost(authority, host []byte) (status int) {
	if authority == nil {
		authority = host
	}
	if host != nil && !bytes.EqualFold(host, authority) || !validAuthority(authority) {
		return 400
	}
	r.x.Host = authority
	return 0
}

// validAuthority accepts a name, an IPv4 address or an IPv6 address in
// brackets, each with a port or without; no user, no empty part.
func validAuthority(a []byte) bool {
	name, port := a, []byte(nil)
	if i := bytes.LastIndexByte(a, ':'); i >= 0 && bytes.IndexByte(a[i:], ']') < 0 {
		name, port = a[:i], a[i+1:]
		if n := number(port); len(port) > 5 || n < 1 || n > 65535 {
			return false
		}
	}
	if n := len(name); n > 2 && name[0] == '[' && name[n-1] == ']' {
		addr, err := netip.ParseAddr(string(name[1 : n-1]))
		return err == nil && addr.Is6() && addr.Zone() == ""
	}
	for _, c := range name {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~') {
			return false
		}
	}
	return len(name) > 0 && len(name) <= 255
}
