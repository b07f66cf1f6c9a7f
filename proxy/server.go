// Package proxy opens listeners, gives each accepted connection to its engine,
// keeps count of them, and drains. The set of listeners can change while it runs.
package proxy

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"weir/proxy/exchange"
	"weir/proxy/proxyproto"
	"weir/proxy/tcp"
	"weir/proxy/upstream"
	"weir/route"
)

// Listener is an address and protocol that the proxy opens, and how it serves
// there. A connection keeps what its listener said when it was accepted. What a
// Listener refers to must not be changed once a Server has it.
type Listener struct {
	Addr  string        // host:port
	Proto string        // http, https, tcp, tcp+sni, https+tcp+sni, tcp-dynamic, prometheus
	TLS   *tls.Config   // not for http and tcp+sni; nil means that TLS is not ended
	Hello time.Duration // for the ClientHello, and for the handshake where TLS is ended; zero means 5 s
	// Connect is for one connect to a target, where bytes are passed on; zero
	// means no limit but that of the search for a target.
	Connect time.Duration

	// Proxy says who may announce clients by a PROXY header; nil: nobody, and such
	// a header is as good as any other bytes.
	Proxy *proxyproto.Policy

	// HTTP answers requests. Its Chooser finds the targets of passed on bytes, too.
	HTTP    *exchange.Handler
	Limits  exchange.Limits
	Trusted []netip.Prefix // peers whose forwarding fields are believed
	H2C     bool           // HTTP/2 with prior knowledge, on http

	MaxConns   int           // open connections of the listener; 0 means no limit
	MaxPerAddr int           // of one client address over all listeners; 0 means no limit
	DrainTime  time.Duration // how long what runs may go on when the listener is closed

	// Web answers on prometheus.
	Web http.Handler
	// Refresh is between two looks of tcp-dynamic at the table; zero means 5 s.
	Refresh time.Duration
	// Dialer connects to the targets of tcp and tcp-dynamic where they end TLS.
	Dialer *upstream.Dialer
}

// Server runs listeners. The fields are set before Run and do not change.
type Server struct {
	Listeners []Listener // those that Run begins with
	Observer  exchange.Observer
	Log       *slog.Logger

	// Drains end what is open with versions that get no new clients; nil: none.
	Drains *exchange.Drains

	conns   conns
	running sync.WaitGroup // what accepts, drains and ticks

	ports ports

	mu     sync.Mutex
	poller *tcp.Poller // nil before Run and when it ends: Apply fails
	doors  []*door     // in the order of the listeners
}

// drains are those of the server, or some that drain nothing.
func (s *Server) drains() *exchange.Drains {
	if s.Drains == nil {
		return &exchange.Drains{Live: &route.Live{}}
	}
	return s.Drains
}

// Run opens all listeners, calls ready with their addresses, and serves until
// ctx ends. Then it stops accepting, lets what runs finish for at most each
// listener's DrainTime, cuts the rest, and returns. When one listener cannot be
// opened it opens none and says which.
func (s *Server) Run(ctx context.Context, ready func([]net.Addr)) error {
	poller, err := tcp.NewPoller()
	if err != nil {
		return err
	}
	var polling sync.WaitGroup
	defer polling.Wait()
	defer poller.Close() // when no connection is left
	polling.Go(poller.Run)
	s.setPoller(poller)
	addrs, err := s.Apply(ctx, s.Listeners)
	if err != nil {
		s.setPoller(nil)
		return err
	}
	ready(addrs)
	ticking, stop := context.WithCancel(context.WithoutCancel(ctx)) // limits hold while draining, too
	var ticker sync.WaitGroup
	ticker.Go(func() { s.conns.tick(ticking, s.drains()) })
	<-ctx.Done()
	s.closeAll()
	s.running.Wait()
	stop()
	ticker.Wait()
	return nil
}

func (s *Server) setPoller(p *tcp.Poller) {
	s.mu.Lock()
	s.poller = p
	s.mu.Unlock()
}

// closeAll begins the end of all listeners, after which there are no new ones.
func (s *Server) closeAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.doors {
		s.shut(d)
	}
	s.doors, s.poller = nil, nil
}
