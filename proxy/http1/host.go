package http1

import (
	"bytes"
	"net/netip"
	"unsafe"
)

// hostBytes bounds an authority: the longest DNS name and a port.
const hostBytes = 253 + 6

// checkHost reports whether b is a host of the shape that routing and targets
// agree about: a name, IPv4 address or [IPv6 address], and a port of digits if
// there is a colon. It is narrower than RFC 3986 section 3.2.2: no user, no
// percent-encoding, none of the sub-delims.
func checkHost(b []byte) bool {
	if len(b) == 0 || len(b) > hostBytes {
		return false
	}
	host, port, hasPort := b, []byte(nil), false
	if b[0] == '[' {
		end := bytes.IndexByte(b, ']')
		if end < 0 {
			return false
		}
		host, port = b[1:end], b[end+1:]
		if len(port) > 0 && port[0] != ':' || !isIPv6(host) {
			return false
		}
		hasPort = len(port) > 0
		port = bytes.TrimPrefix(port, []byte(":"))
	} else {
		host, port, hasPort = bytes.Cut(b, []byte(":"))
		if len(host) == 0 || !all(host, hostByte) {
			return false
		}
	}
	return !hasPort || isPort(port)
}

func isIPv6(b []byte) bool {
	if bytes.IndexByte(b, '%') >= 0 { // zones mean something to one host only
		return false
	}
	a, err := netip.ParseAddr(unsafe.String(unsafe.SliceData(b), len(b)))
	return err == nil && a.Is6()
}

func isPort(b []byte) bool {
	n, ok := decimal(b, 5)
	return ok && n > 0 && n <= 65535
}

// decimal reads a number of 1 to max digits and nothing else; max is at most 18.
func decimal(b []byte, max int) (n int64, ok bool) {
	if len(b) == 0 || len(b) > max {
		return 0, false
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}
