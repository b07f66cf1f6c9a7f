package exchange

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"math/rand/v2"
	"net/netip"
	"strings"
	"time"

	"weir/route"
)

// Drawn is what was drawn for an exchange or a session on a route that takes
// part in a trial, and what came of it. The zero value says that it did not.
type Drawn struct {
	Trial     *route.Trial
	Weight    route.Weight  // the candidate's share when it was drawn
	Candidate bool          // drawn for the candidate, whoever served it in the end
	Counts    bool          // the weight decided
	Client    uint32        // the client's mark
	Target    *route.Target // the first one picked; nil when none was up
	Failed    error         // of the first of the variant's targets that refused, where another was tried after it
	GRPC      bool          // the request is a gRPC call
	Code      string        // its grpc-status; empty when none came

	cookie string // to set with the answer
}

// Seeker is whom a target is searched for: an *Exchange or a *Session.
type Seeker interface {
	drawn() *Drawn
	split(route.Splitter) route.Ticket
	known(route.HashKey) uint64
	stuck(*Sticky, string) uint64
}

func (x *Exchange) drawn() *Drawn { return &x.Drawn }
func (s *Session) drawn() *Drawn  { return &s.Drawn }

func (x *Exchange) split(by route.Splitter) route.Ticket {
	x.Drawn.GRPC = x.isGRPC()
	return by.Request(asked{x}, rand.Uint64)
}

func (x *Exchange) isGRPC() bool {
	return bytes.HasPrefix(x.field("content-type"), text("application/grpc"))
}

func (s *Session) split(by route.Splitter) route.Ticket {
	return by.Connection(s.Client, rand.Uint64)
}

// draw draws for one request or connection. It costs nothing where the route
// takes part in no trial.
func draw(rt *route.Route, s Seeker) (t route.Ticket) {
	d := s.drawn()
	*d = Drawn{}
	trial, weight := rt.Trial()
	if trial == nil {
		return route.Ticket{Variant: rand.Uint64()}
	}
	t = s.split(trial.Splitter)
	d.Trial, d.Weight = trial, weight
	d.Candidate, d.Counts, d.Client = rt.Candidate(t.Variant), t.Counts, t.Client
	if weight > 0 { // there is something to stay with
		d.cookie = t.Cookie
	}
	return t
}

// refused notes that a target did not take what another one is asked for next.
func (d *Drawn) refused(t *route.Target, err error) {
	if d.Trial != nil && d.Failed == nil && d.Target != nil && d.Target.Variant() == t.Variant() {
		d.Failed = err
	}
}

// note keeps what a gRPC call ended with.
func (d *Drawn) note(fields []Field) {
	if !d.GRPC {
		return
	}
	for _, f := range fields {
		if f.Is("grpc-status") {
			d.Code = string(f.Value[:min(len(f.Value), 4)])
		}
	}
}

// setCookies adds the Set-Cookie fields that let the client be known again: by
// what it has drawn, and, where that has answered, by its target.
func (x *Exchange) setCookies(fields []Field) []Field {
	if x.Drawn.cookie != "" {
		fields = x.setCookie(fields, x.Drawn.cookie)
	}
	if x.sticky != "" && !x.FirstByte.IsZero() {
		fields = x.setCookie(fields, x.sticky)
	}
	return fields
}

func (x *Exchange) setCookie(fields []Field, value string) []Field {
	if x.Client.TLS != nil {
		value += "; Secure"
	}
	return append(fields, Field{text("Set-Cookie"), text(value)})
}

// asked is an exchange as a route.Request and as route.Asked.
type asked struct{ x *Exchange }

func (a asked) Method() []byte { return a.x.Method }

func (a asked) Query() string {
	_, query, _ := strings.Cut(view(a.x.URI), "?")
	return query
}

func (a asked) Header(lower string, n int) []byte {
	for _, f := range a.x.Fields {
		if !f.Is(lower) {
			continue
		}
		if n--; n < 0 {
			return f.Value
		}
	}
	return nil
}

// Client is what the peer says last where it is trusted: those before it may
// have been made up by the client.
func (a asked) Client() netip.Addr {
	c := a.x.Client
	if c.Trusted {
		list := a.x.forwardedFor
		last := bytes.TrimSpace(list[bytes.LastIndexByte(list, ',')+1:])
		if addr, err := netip.ParseAddr(view(last)); err == nil {
			return addr
		}
	}
	return c.Remote.Addr()
}

// Connection mixes both ends of the connection, which no other one has.
func (a asked) Connection() uint64 {
	c := a.x.Client
	h := uint64(c.Remote.Port())<<16 | uint64(c.Local.Port())
	for _, ip := range [...]netip.Addr{c.Remote.Addr(), c.Local.Addr()} {
		b := ip.As16()
		h = mix(mix(h^binary.BigEndian.Uint64(b[:8])) ^ binary.BigEndian.Uint64(b[8:]))
	}
	return h
}

// mix is a step of wyhash: a number that shares no pattern with h.
func mix(h uint64) uint64 {
	hi, lo := bits.Mul64(h^0xa0761d6478bd642f, 0xe7037ed1a0b428db)
	return hi ^ lo
}

// Dials notes that a connect to a target begins. Like Connected and Answered it
// does nothing for a session that is in no trial, unless it is Timed.
func (s *Session) Dials() {
	if s.measured() {
		s.since = time.Now()
	}
}

// Connected notes that the target took the connection.
func (s *Session) Connected() {
	if s.measured() {
		now := time.Now()
		s.Connect, s.since = now.Sub(s.since), now
	}
}

// Answered notes the first byte that came from the target.
func (s *Session) Answered(first byte) {
	if s.measured() {
		s.FirstByte, s.First = time.Since(s.since), first
	}
}

func (s *Session) measured() bool { return s.Timed || s.Drawn.Trial != nil }
