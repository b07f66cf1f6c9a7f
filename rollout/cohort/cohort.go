// Package cohort says which clients a rollout moves: it makes the draw of a
// client that route.Route.Pick splits by. A client with the draw u is the
// candidate's while u is below its share, so that raising the weight only adds
// clients, lowering it takes out those that came last, and every proxy agrees
// without asking another.
//
// Everything here is a pure value: dice are passed in.
package cohort

import (
	"fmt"
	"net/netip"
	"strings"

	"weir/rollout/policy"
)

// Request is what is known of a request.
type Request interface {
	// Header is the value of the nth field, from 0, with a name in lower case;
	// nil when there is none.
	Header(lower string, n int) []byte
	// Client is the address of the client, from the PROXY header or the
	// forwarding fields where these are trusted.
	Client() netip.Addr
	// Connection is a number that was drawn once for the client's connection.
	Connection() uint64
}

// Draw is what a client has drawn.
type Draw struct {
	Variant uint64 // for route.Draw
	Client  uint32 // mark of the client for the verdict, independent of Variant
	// Counts is false where the weight has no part in it, so that the verdict
	// must not count it.
	Counts bool
	Pinned string // the variant that it gets whatever it draws: canary or stable; empty for none
	Cookie string // value to set for the cookie of the policy; empty for none
}

// Splitter draws for one rollout. It does not change, and is safe for
// concurrent use.
type Splitter struct {
	by      kind
	header  string // that clients are known by, in lower case
	cookie  string
	session string // of the application, with new_sessions
	match   []match
	salt    string
	secret  []byte
}

// minSecret is how long the secret must be at least, in bytes.
const minSecret = 16

// New makes the splitter of a policy. salt says whose cohort it is: the same on
// all proxies, and another for each rollout unless the policy wants the same.
// secret signs the cookie, and is the same on all proxies.
func New(c policy.Cohort, rules []policy.Match, salt string, secret []byte) (*Splitter, error) {
	s := &Splitter{by: byConnection, cookie: c.Cookie, session: c.Session, salt: salt, secret: secret}
	header, ok := c.By.Header()
	switch {
	case ok:
		s.by, s.header = byHeader, strings.ToLower(header)
	case c.By == policy.ByClientIP:
		s.by = byAddress
	case c.By == policy.ByCookie:
		s.by = byCookie
		if len(secret) < minSecret {
			return nil, fmt.Errorf("the secret for cookies has %d bytes, want at least %d", len(secret), minSecret)
		}
	}
	for _, m := range rules {
		s.match = append(s.match, match{strings.ToLower(m.Header), m.Cookie, m.Exact, m.To})
	}
	return s, nil
}

// Request draws for a request. dice gives random numbers for what has nothing
// to be known by, and for the key of a new cookie.
func (s *Splitter) Request(r Request, dice func() uint64) Draw {
	for i := range s.match {
		if s.match[i].fits(r) {
			d := s.address(r.Client(), dice)
			d.Pinned, d.Counts = s.match[i].to, false
			return d
		}
	}
	switch s.by {
	case byHeader:
		if v := r.Header(s.header, 0); len(v) > 0 {
			return s.hash(byHeader, v)
		}
		return s.address(r.Client(), dice)
	case byCookie:
		return s.byCookie(r, dice)
	case byAddress:
		return s.address(r.Client(), dice)
	}
	return number(r.Connection())
}

// Connection draws for a connection that is not HTTP: by the address if the
// policy says so, else for itself.
func (s *Splitter) Connection(client netip.Addr, dice func() uint64) Draw {
	if s.by == byAddress {
		return s.address(client, dice)
	}
	return number(dice())
}

// byCookie knows a client by the key in its cookie, and gives it one if it has
// none. With new_sessions a client that came before the rollout stays on stable.
func (s *Splitter) byCookie(r Request, dice func() uint64) Draw {
	if key := s.key(cookie(r, s.cookie)); key != nil {
		return s.hash(byCookie, key)
	}
	if s.session != "" && cookie(r, s.session) != nil {
		d := s.address(r.Client(), dice)
		d.Pinned, d.Counts = "stable", false
		return d
	}
	value := s.newCookie(dice)
	d := s.hash(byCookie, []byte(value[:keyText]))
	d.Cookie = value
	return d
}

// address knows a client by its address, and where it has none not at all.
func (s *Splitter) address(a netip.Addr, dice func() uint64) Draw {
	switch a = a.Unmap(); {
	case a.Is4():
		b := a.As4()
		return s.hash(byAddress, b[:])
	case a.Is6():
		b := a.As16()
		return s.hash(byAddress, b[:8]) // /64: a client has all of it
	}
	return number(dice())
}

// Key draws for a client that is known by a text: the value of the header, the
// address, or the key in the cookie, as the policy says.
func (s *Splitter) Key(text string) (Draw, error) {
	switch s.by {
	case byHeader, byCookie:
		return s.hash(s.by, []byte(text)), nil
	case byAddress:
		a, err := netip.ParseAddr(text)
		if err != nil {
			return Draw{}, fmt.Errorf("clients are known by their address, and %q is none", text)
		}
		return s.address(a, func() uint64 { return 0 }), nil
	}
	return Draw{}, fmt.Errorf("connections draw for themselves: %q says nothing", text)
}
