package accesslog

import (
	"time"

	"weir/proxy/exchange"
	"weir/route"
)

// entry is what a line is about: an exchange or a session.
type entry struct {
	x    *exchange.Exchange
	s    *exchange.Session // where x is nil
	took time.Duration     // from start to end
}

func (e *entry) start() time.Time {
	if e.x != nil {
		return e.x.Start
	}
	return e.s.Start
}

func (e *entry) status() int {
	if e.x != nil {
		return e.x.Status
	}
	return 0
}

func (e *entry) err() error {
	if e.x != nil {
		return e.x.Err
	}
	return e.s.Err
}

// failed reports whether something went wrong: lines about that are never
// sampled away.
func (e *entry) failed() bool {
	return e.err() != nil || e.x != nil && (e.x.Status >= 500 || e.x.Status == 0)
}

func (e *entry) route() *route.Route {
	if e.x != nil {
		return e.x.Route
	}
	return e.s.Route
}

func (e *entry) target() *route.Target {
	if e.x != nil {
		return e.x.Target
	}
	return e.s.To
}

func (e *entry) attempts() int {
	if e.x != nil {
		return e.x.Attempts
	}
	return e.s.Attempts
}

// service is that of the target, else the first one of the route.
func (e *entry) service() string {
	if t := e.target(); t != nil {
		return t.Service()
	}
	if rt := e.route(); rt != nil {
		if all := rt.Services(); len(all) > 0 {
			return all[0]
		}
	}
	return ""
}

// addr is that of the target that was asked last; empty where none was.
func (e *entry) addr() string {
	if t := e.target(); t != nil && e.attempts() > 0 {
		return t.Addr()
	}
	return ""
}

// connect is how long the target took to take the connection.
func (e *entry) connect() time.Duration {
	if e.x != nil {
		return e.x.Connected
	}
	return e.s.Connect
}

// firstByte is how long it took from the start of the exchange, or on a session
// from the target's taking the connection, until the target answered.
func (e *entry) firstByte() time.Duration {
	switch {
	case e.x == nil:
		return e.s.FirstByte
	case e.x.FirstByte.IsZero():
		return 0
	}
	return e.x.FirstByte.Sub(e.x.Start)
}

func (e *entry) drawn() *exchange.Drawn {
	if e.x != nil {
		return &e.x.Drawn
	}
	return &e.s.Drawn
}

// scheme is http, https, tcp, or tls for a connection that was passed through.
func (e *entry) scheme() string {
	switch {
	case e.x == nil && e.s.ServerName != "":
		return "tls"
	case e.x == nil:
		return "tcp"
	case e.x.Client.TLS != nil:
		return "https"
	}
	return "http"
}

func (e *entry) protocol() string {
	switch {
	case e.x != nil:
		return [...]string{"HTTP/1.0", "HTTP/1.1", "HTTP/2.0"}[e.x.Proto]
	case e.s.ServerName != "":
		return "TLS"
	}
	return "TCP"
}
