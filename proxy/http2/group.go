package http2

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"sync"
	"time"

	"weir/proxy/exchange"
	"weir/route"
)

// group holds the connections to one target.
type group struct {
	transport *Transport
	name      string // TLS name of the client's asking; empty where the target has its own

	mu       sync.Mutex
	changed  sync.Cond // room, a connection, a tick
	sessions []*session
	dialing  bool
	dials    int   // finished
	dialErr  error // of the last one
	callers  int   // between enter and leave
	waiters  int
	now      time.Time
	retired  bool // the transport has forgotten it
}

// enter counts a caller in. It fails with errRetired when the group is no
// longer used, and with exchange.ErrInFlight when it has as many as it may.
func (g *group) enter() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	limit := g.transport.MaxInFlight
	switch {
	case g.retired:
		return errRetired
	case limit > 0 && g.callers >= limit:
		return exchange.ErrInFlight
	}
	g.callers++
	return nil
}

func (g *group) inFlight() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.callers
}

// leave counts a caller out, whose stream is free now.
func (g *group) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.callers--
	if g.waiters > 0 {
		g.changed.Broadcast()
	}
}

// begin opens c on a connection that has room, dialling one if there is none.
// One caller dials for all; the others wait for what it finds.
func (g *group) begin(c *call, x *exchange.Exchange, to *route.Target) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	since := g.now
	for {
		usable := 0
		for _, s := range g.sessions {
			switch err := s.begin(c, x, to); err {
			case nil, errNoConnect:
				return err
			case errFull:
				usable++
			}
		}
		switch {
		case g.retired:
			return errClosed
		case !g.dialing && usable < g.transport.maxConns():
			g.dial(x, to)
			if g.dialErr != nil {
				return g.dialErr
			}
		case past(g.now, since, cmp.Or(x.Connect, time.Second)):
			return exchange.ErrInFlight
		default:
			if err := g.wait(); err != nil {
				return err
			}
		}
	}
}

// wait waits for a change; a dial that failed meanwhile failed for all.
func (g *group) wait() error {
	dials := g.dials
	g.waiters++
	g.changed.Wait()
	g.waiters--
	if g.dials > dials {
		return g.dialErr
	}
	return nil
}

// dial adds a session; mu is given up meanwhile.
func (g *group) dial(x *exchange.Exchange, to *route.Target) {
	g.dialing = true
	g.mu.Unlock()
	start := time.Now()
	s, err := g.connect(x, to)
	x.Connected = time.Since(start)
	g.mu.Lock()
	g.dialing, g.dialErr = false, err
	g.dials++
	if err == nil {
		g.sessions = append(g.sessions, s)
		if g.retired {
			s.cut(errClosed)
		}
	}
	g.changed.Broadcast()
}

// connect opens a connection and waits for the target's SETTINGS, so that what
// is no HTTP/2 server is found out before a request is sent.
func (g *group) connect(x *exchange.Exchange, to *route.Target) (*session, error) {
	conn, err := g.transport.Dialer.Dial(context.Background(), to, string(x.SendHost), x.Connect, "h2")
	if err != nil {
		return nil, err
	}
	if t, ok := conn.(*tls.Conn); ok && t.ConnectionState().NegotiatedProtocol != "h2" {
		conn.Close()
		return nil, fmt.Errorf("target %s offers %q instead of h2 (ALPN)", to.Addr(), t.ConnectionState().NegotiatedProtocol)
	}
	s := newSession(g, conn)
	g.transport.sessions.Go(s.run)
	wait := g.transport.Limits.Header
	if x.Connect > 0 {
		wait = min(wait, x.Connect)
	}
	if err := s.greeting(time.Now().Add(wait)); err != nil {
		return nil, fmt.Errorf("no HTTP/2 settings from target %s: %w", to.Addr(), err)
	}
	return s, nil
}

// remove takes an ended session off.
func (g *group) remove(s *session) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, have := range g.sessions {
		if have == s {
			g.sessions = append(g.sessions[:i:i], g.sessions[i+1:]...)
			break
		}
	}
	g.changed.Broadcast()
}

func (g *group) tick(now time.Time) {
	g.mu.Lock()
	all := g.sessions
	g.now = now
	g.changed.Broadcast()
	g.mu.Unlock()
	for _, s := range all {
		s.Tick(now)
	}
}

// retire reports whether nobody uses the group and nothing is left in it.
func (g *group) retire() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.callers == 0 && len(g.sessions) == 0 {
		g.retired = true
	}
	return g.retired
}

func (g *group) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.retired = true
	for _, s := range g.sessions {
		s.cut(errClosed)
	}
	g.changed.Broadcast()
}
