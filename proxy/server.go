// Package proxy opens listeners, gives each accepted connection to its engine,
// keeps count of them, and drains.
package proxy

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"weir/proxy/exchange"
	"weir/proxy/tcp"
)

// Listener is an address and protocol that the proxy opens.
type Listener struct {
	Addr  string        // host:port
	Proto string        // http, https, tcp, tcp+sni, https+tcp+sni
	TLS   *tls.Config   // for https and https+tcp+sni; nil there means passthrough only
	Hello time.Duration // for the ClientHello, and for the handshake where TLS is ended; zero means 5 s
	// Connect is for one connect to a target, where bytes are passed on; zero
	// means no limit but that of the search for a target.
	Connect time.Duration

	Limits exchange.Limits
}

// Server runs listeners. The fields are set before Run and do not change.
type Server struct {
	Listeners []Listener
	HTTP      *exchange.Handler
	Observer  exchange.Observer
	Log       *slog.Logger

	Trusted    []netip.Prefix // peers whose forwarding fields are believed
	H2C        bool           // HTTP/2 with prior knowledge on http listeners
	MaxConns   int            // per listener; 0 means no limit
	MaxPerAddr int            // per client address over all listeners; 0 means no limit
	DrainTime  time.Duration  // how long what runs may go on after ctx ended

	// Drains end what is open with versions that get no new clients; nil: none.
	Drains *exchange.Drains

	conns conns
}

// drains are those of the server, or some that drain nothing.
func (s *Server) drains() *exchange.Drains {
	if s.Drains == nil {
		return &exchange.Drains{Live: s.HTTP.Chooser.Live}
	}
	return s.Drains
}

// Run opens all listeners, calls ready with their addresses, and serves until
// ctx ends. Then it stops accepting, lets what runs finish for at most
// DrainTime, cuts the rest, and returns. When one listener cannot be opened
// it opens none and says which.
func (s *Server) Run(ctx context.Context, ready func([]net.Addr)) error {
	poller, err := tcp.NewPoller()
	if err != nil {
		return err
	}
	var polling sync.WaitGroup
	defer polling.Wait()
	defer poller.Close() // when no connection is left
	polling.Go(poller.Run)
	doors, err := s.openAll(ctx, poller)
	if err != nil {
		return err
	}
	addrs := make([]net.Addr, len(doors))
	for i, d := range doors {
		addrs[i] = d.addr
	}
	ready(addrs)
	var running sync.WaitGroup
	for _, d := range doors {
		running.Go(func() { s.serve(d) })
	}
	ticking, stop := context.WithCancel(context.WithoutCancel(ctx)) // limits hold while draining, too
	running.Go(func() { s.conns.tick(ticking, s.drains()) })
	<-ctx.Done()
	for _, d := range doors {
		d.close()
	}
	s.conns.drain(s.DrainTime)
	stop()
	running.Wait()
	return nil
}
