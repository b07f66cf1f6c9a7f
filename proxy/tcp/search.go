//go:build linux

package tcp

import (
	"errors"
	"net/netip"
	"slices"
	"time"

	"weir/proxy/exchange"
	"weir/route"
)

// Why a connection ended, where its target is not to blame.
var (
	errNoRoute = errors.New("no route")
	errDenied  = errors.New("the target's access rule denies the client")
	errNotTCP  = errors.New("the target is none for TCP")
	errIdle    = errors.New("no byte moved for the idle time")
	errCut     = errors.New("cut by the proxy")
	errEarly   = errors.New("closed the connection before its first byte")
)

// maxEarly bounds the targets that may accept a connection and then drop it, so
// that a client whose bytes no target likes does not multiply.
const maxEarly = 3

// search is the way of one connection to its target.
type search struct {
	engine  *Engine
	remote  netip.AddrPort
	session exchange.Session

	route  *route.Route
	picked *route.Target // what next returns first; nil: a new pick
	tries  exchange.Tries
	early  int // targets that accepted and dropped the connection
}

// find looks the route up in the current table. When it has gone since the
// last look the old one stays: a table between two updates must not drop a
// connection that is looking for its target.
func (s *search) find() bool {
	table := s.engine.Chooser.Live.Load()
	var rt *route.Route
	switch {
	case s.engine.Port != "":
		rt = table.Port(s.engine.Port)
	case s.engine.Terminate != nil:
		rt = table.Named(s.session.ServerName)
	case s.session.ServerName != "":
		rt = table.SNI(s.session.ServerName)
	}
	if rt != nil {
		s.route, s.session.Route = rt, rt
	}
	return s.route != nil
}

// passesThrough reports whether the connection is for a target that ends TLS
// itself, by a first pick.
func (s *search) passesThrough() bool {
	if !s.find() {
		return false
	}
	if s.picked, _ = s.tries.Next(s.engine.Chooser, s.route, &s.session); s.picked != nil {
		return s.picked.Passthrough()
	}
	// None is up: the client is not to see a certificate that is not its server's.
	return slices.ContainsFunc(s.route.Variants(), func(v route.Variant) bool {
		return slices.ContainsFunc(v.Targets, (*route.Target).Passthrough)
	})
}

// next returns the target to try, or says how long to wait before asking again.
// An error means that there is none.
func (s *search) next() (t *route.Target, wait time.Duration, err error) {
	if t, err = s.pick(); err != nil {
		return nil, 0, err
	}
	if t == nil {
		wait, more := s.tries.Pause(s.engine.Chooser)
		if !more {
			return nil, 0, s.tries.Last
		}
		return nil, wait, nil
	}
	s.session.Service, s.session.Variant, s.session.Target = t.Service(), t.Variant(), t.Addr()
	s.session.To = t
	switch {
	case !t.Allows(s.remote.Addr()):
		return nil, 0, errDenied
	case t.Addr() == "":
		return nil, 0, errNotTCP
	}
	s.session.Attempts++
	return t, 0, nil
}

// pick draws a target. Nil without an error means that all have refused.
func (s *search) pick() (*route.Target, error) {
	if t := s.picked; t != nil {
		s.picked = nil
		return t, nil
	}
	if s.tries.Over(s.engine.Chooser) {
		return nil, s.tries.Last
	}
	if !s.find() {
		return nil, errNoRoute
	}
	t, err := s.tries.Next(s.engine.Chooser, s.route, &s.session)
	if t != nil && s.engine.Terminate != nil && !t.Passthrough() {
		return nil, errNotTCP // the route changed its kind between two tries
	}
	return t, err
}

// failed notes that t did not take the connection.
func (s *search) failed(t *route.Target, err error) {
	kind := exchange.ConnectFailed
	if errors.Is(err, errEarly) {
		kind = exchange.SendFailed
	}
	s.tries.Failed(t, &exchange.AttemptError{Kind: kind, Target: t.Addr(), Err: err})
}
