package http1

import (
	"bytes"

	"weir/proxy/exchange"
)

// requestLine takes the first line apart (RFC 9112 section 3).
func (h *requestHead) requestLine(line []byte) error {
	i := bytes.IndexByte(line, ' ')
	if i <= 0 || !isToken(line[:i]) {
		return errNotHTTP
	}
	h.method = line[:i]
	line = line[i+1:]
	if i = bytes.IndexByte(line, ' '); i < 0 {
		return errNotHTTP
	}
	h.target = line[:i]
	switch version := line[i+1:]; string(version) {
	case "HTTP/1.1":
		h.proto = exchange.HTTP11
	case "HTTP/1.0":
		h.proto = exchange.HTTP10
	default:
		return badVersion(version)
	}
	return h.checkTarget()
}

func badVersion(b []byte) error {
	if len(b) == 8 && string(b[:5]) == "HTTP/" && b[6] == '.' &&
		'0' <= b[5] && b[5] <= '9' && '0' <= b[7] && b[7] <= '9' {
		return errVersion
	}
	return errNotHTTP
}

// checkTarget refuses methods that are not forwarded and brings the target into
// origin form (RFC 9112 section 3.2).
func (h *requestHead) checkTarget() error {
	m, t := h.method, h.target
	// Not only in upper case: some servers fold the case of methods.
	if exchange.EqualFold(m, "connect") || exchange.EqualFold(m, "trace") || exchange.EqualFold(m, "pri") {
		return errMethod
	}
	if len(t) == 0 || !all(t, targetByte) {
		return errTarget
	}
	switch {
	case t[0] == '/':
		return checkPath(t)
	case string(t) == "*" && string(m) == "OPTIONS":
		return nil
	case string(t) == "*":
		return errStar
	}
	return h.absolute(t)
}

// absolute splits an absolute form; its authority replaces Host (section 3.2.2).
func (h *requestHead) absolute(t []byte) error {
	scheme, rest, _ := bytes.Cut(t, []byte("://"))
	if !exchange.EqualFold(scheme, "http") && !exchange.EqualFold(scheme, "https") {
		return errTarget
	}
	end := bytes.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	h.authority = rest[:end]
	if !checkHost(h.authority) {
		return errTarget
	}
	h.target = rest[end:]
	switch {
	case len(h.target) > 0 && h.target[0] == '/':
	case len(h.target) == 0 && string(h.method) == "OPTIONS":
		h.target = []byte("*")
	default:
		h.target = append([]byte("/"), h.target...)
	}
	return checkPath(h.target)
}

// checkPath refuses a path with a broken percent-encoding.
func checkPath(t []byte) error {
	if i := bytes.IndexByte(t, '?'); i >= 0 {
		t = t[:i]
	}
	for {
		i := bytes.IndexByte(t, '%')
		if i < 0 {
			return nil
		}
		if len(t) < i+3 || !isHex(t[i+1]) || !isHex(t[i+2]) {
			return errTarget
		}
		t = t[i+3:]
	}
}

func isHex(c byte) bool { return hexDigit(c) < 16 }

// hexDigit is the value of a hexadecimal digit, 16 for any other byte.
func hexDigit(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 16
}
