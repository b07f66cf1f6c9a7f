package http2

import (
	"golang.org/x/net/http2"

	"weir/proxy/exchange"
	"weir/route"
)

// Look tells l of all requests and tunnels under way. A client that has one with
// a version that drains is asked to go on over another connection, and what l
// says is ended.
func (c *Conn) Look(l *exchange.Look) {
	if c.look(l) {
		c.Drain()
	}
}

// look reports whether the client is to be asked.
func (c *Conn) look(l *exchange.Look) (ask bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.streams {
		r := s.host.(*request)
		if !r.running {
			continue
		}
		t, start := r.x.Bound()
		if t == nil {
			continue
		}
		switch l.Bound(t, start) {
		case exchange.Leaves:
			ask = ask || c.draining == nil && l.MayAsk(t)
		case exchange.Ends:
			c.evict(r)
		}
	}
	c.kick()
	return ask
}

// evict ends a request whose time is over. A tunnel ends as a TCP connection does
// that is closed in order (RFC 8441 section 5), an answer that has begun by a
// reset; before, the client gets an answer that says why.
func (c *Conn) evict(r *request) {
	switch {
	case r.upgraded && !r.sendEnd:
		c.fr.WriteData(r.id, true, nil)
		r.sendEnd = true
		c.reset(&r.stream, http2.ErrCodeNo, exchange.ErrDrained)
	case r.begun || !r.x.Evict():
		c.reset(&r.stream, http2.ErrCodeCancel, exchange.ErrDrained)
	}
}

// CloseIdle ends the connections to a target that carry no request now.
func (t *Transport) CloseIdle(to *route.Target) {
	t.mu.RLock()
	var all []*group
	for k, g := range t.groups {
		if k.target == to.PoolKey() {
			all = append(all, g)
		}
	}
	t.mu.RUnlock()
	for _, g := range all {
		g.closeIdle()
	}
}

func (g *group) closeIdle() {
	g.mu.Lock()
	all := g.sessions
	g.mu.Unlock()
	for _, s := range all {
		s.closeIdle()
	}
}

func (s *session) closeIdle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.retire()
		s.kick()
	}
}
