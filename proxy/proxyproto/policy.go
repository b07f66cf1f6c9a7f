package proxyproto

import (
	"cmp"
	"errors"
	"net/netip"
	"slices"
	"time"
)

// Policy says whose headers a listener takes. Peers need not send one: who sends
// none is a client itself.
type Policy struct {
	// Trusted are the peers that may announce others. A header of anybody else
	// ends the connection.
	Trusted []netip.Prefix
	// Timeout is how long a client that has sent nothing may be about to send a
	// header. Zero means 250 ms.
	Timeout time.Duration
}

// Wait is the Timeout that counts.
func (p *Policy) Wait() time.Duration { return cmp.Or(p.Timeout, 250*time.Millisecond) }

// ErrUntrusted says that a peer announced somebody and may not.
var ErrUntrusted = errors.New("a PROXY header of a peer that is not trusted")

// Read reads the header that b, what a peer has sent so far, begins with, if it
// begins with one: ErrShort says that this is not known yet. n is 0 where there is
// no header. Other errors end the connection.
func (p *Policy) Read(b []byte, peer netip.Addr) (h Header, n int, err error) {
	h, n, err = Parse(b)
	switch {
	case err == ErrNone:
		return h, 0, nil
	case err == nil && !slices.ContainsFunc(p.Trusted, func(t netip.Prefix) bool { return t.Contains(peer) }):
		return Header{}, 0, ErrUntrusted
	}
	return h, n, err
}
