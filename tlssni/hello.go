// Package tlssni answers whose a TLS connection is: it reads the ClientHello
// without ending TLS, and chooses certificates by server name where TLS is ended.
package tlssni

import (
	"errors"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
)

// MaxHello is the greatest ClientHello that is read, in bytes of the handshake
// message without its header. It is the limit of crypto/tls.
const MaxHello = 64 << 10

// Hello is what a ClientHello says (RFC 8446 section 4.1.2). It shares no
// memory with the bytes it was read from.
type Hello struct {
	// ServerName is the name asked for, in lower case and of valid form; empty
	// when the client named none. Of an encrypted ClientHello it is the outer,
	// public name.
	ServerName string
	ALPN       []string // protocols on offer, the client's favourite first
	Versions   []uint16 // the supported_versions extension; nil before TLS 1.3
}

// errShape says that something does not have the form that its specification gives.
var errShape = errors.New("does not have the form it must have")

// parse reads a whole handshake message, header included.
func parse(message []byte) (Hello, error) {
	s := cryptobyte.String(message)
	var version uint16
	var random []byte
	var session, suites, compression cryptobyte.String
	if !s.Skip(4) || !s.ReadUint16(&version) || !s.ReadBytes(&random, 32) ||
		!s.ReadUint8LengthPrefixed(&session) || !s.ReadUint16LengthPrefixed(&suites) ||
		!s.ReadUint8LengthPrefixed(&compression) {
		return Hello{}, errors.New("the ClientHello ends too early")
	}
	switch {
	case version>>8 != 3:
		return Hello{}, fmt.Errorf("the ClientHello has version 0x%04x, want 0x03…", version)
	case len(session) > 32:
		return Hello{}, fmt.Errorf("the session ID has %d bytes, want at most 32", len(session))
	case len(suites) == 0 || len(suites)%2 != 0:
		return Hello{}, fmt.Errorf("the cipher suites have %d bytes, want an even number above 0", len(suites))
	case !contains(compression, 0):
		return Hello{}, fmt.Errorf("the compression methods %x do not hold 00 (none)", []byte(compression))
	}
	p := parser{}
	if err := p.extensions(s); err != nil {
		return Hello{}, err
	}
	return p.hello, nil
}

func contains(s []byte, b byte) bool {
	for _, c := range s {
		if c == b {
			return true
		}
	}
	return false
}
