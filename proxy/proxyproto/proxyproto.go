// Package proxyproto reads and writes the header of HAProxy's PROXY protocol, in
// which a proxy tells whose connection it passes on, versions 1 and 2:
// https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt
package proxyproto

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
)

// Version is one of the two forms of a header.
type Version uint8

// Versions. None is for connections that begin without a header.
const (
	None Version = iota
	V1
	V2
)

// Header is what a PROXY header announces. Both addresses are not valid where it
// announces nobody: a connection of the proxy's own (LOCAL), or one of a kind
// that has no TCP addresses (UNKNOWN, UNSPEC, UDP, Unix sockets).
type Header struct {
	Source netip.AddrPort // the client
	Dest   netip.AddrPort // what it connected to
}

const (
	line      = "PROXY "
	signature = "\r\n\r\n\x00\r\nQUIT\n"

	maxLine = 107  // bytes, of version 1
	maxTail = 4096 // bytes behind the first 16, of version 2: room for a client certificate
)

// MaxBytes bounds a header.
const MaxBytes = prefixBytes + maxTail

// prefixBytes is the part of a version 2 header that is always there.
const prefixBytes = len(signature) + 4

var (
	// ErrNone says that the bytes do not begin with a header.
	ErrNone = errors.New("no PROXY header")
	// ErrShort says that they may, and that the rest of it is missing.
	ErrShort = errors.New("the PROXY header is not whole")
)

// Parse reads the header that b begins with and says how many bytes it takes. The
// error is ErrNone or ErrShort, or says what is wrong with the header.
func Parse(b []byte) (h Header, n int, err error) {
	switch {
	case begins(b, signature):
		return parseV2(b)
	case begins(b, line):
		return parseV1(b)
	case begun(b, signature), begun(b, line):
		return h, 0, ErrShort
	}
	return h, 0, ErrNone
}

func begins(b []byte, with string) bool { return len(b) >= len(with) && string(b[:len(with)]) == with }

// begun reports whether b is the beginning of what.
func begun(b []byte, what string) bool { return len(b) < len(what) && what[:len(b)] == string(b) }

func parseV1(b []byte) (h Header, n int, err error) {
	end := bytes.Index(b[:min(len(b), maxLine)], []byte("\r\n"))
	switch {
	case end < 0 && len(b) < maxLine:
		return h, 0, ErrShort
	case end < 0:
		return h, 0, fmt.Errorf("the PROXY line has no end within %d bytes", maxLine)
	}
	if h, err = parseLine(string(b[len(line):end])); err != nil {
		return h, 0, fmt.Errorf("the PROXY line %q: %w", b[:end], err)
	}
	return h, end + len("\r\n"), nil
}

func parseV2(b []byte) (h Header, n int, err error) {
	if len(b) < prefixBytes {
		return h, 0, ErrShort
	}
	command, kind, tail := b[len(signature)], b[len(signature)+1], int(binary.BigEndian.Uint16(b[len(signature)+2:]))
	switch {
	case command != v2Local && command != v2Proxy:
		return h, 0, fmt.Errorf("the PROXY header has the version and command %#x, want %#x or %#x", command, v2Local, v2Proxy)
	case tail > maxTail:
		return h, 0, fmt.Errorf("the PROXY header says that %d bytes follow, at most %d are allowed", tail, maxTail)
	case len(b) < prefixBytes+tail:
		return h, 0, ErrShort
	}
	if h, err = parseAddresses(kind, b[prefixBytes:prefixBytes+tail]); err != nil {
		if command == v2Proxy || err == errKind {
			return Header{}, 0, fmt.Errorf("the PROXY header with the kind of addresses %#x: %w", kind, err)
		}
	}
	if command == v2Local {
		h = Header{} // whatever it says of addresses
	}
	return h, prefixBytes + tail, nil
}
