// Package proxy opens listeners, gives each accepted connection to its engine,
// keeps count of them, and drains.
package proxy

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
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
	Hello time.Duration // for the ClientHello and the handshake

	Limits exchange.Limits
}

// Server runs listeners. The fields are set before Run and do not change.
type Server struct {
	Listeners []Listener
	HTTP      *exchange.Handler
	TCP       *tcp.Engine
	Observer  exchange.Observer
	Log       *slog.Logger

	Trusted    []netip.Prefix // peers whose forwarding fields are believed
	H2C        bool           // HTTP/2 with prior knowledge on http listeners
	MaxConns   int            // per listener; 0 means no limit
	MaxPerAddr int            // per client address over all listeners; 0 means no limit
	DrainTime  time.Duration  // how long what runs may go on after ctx ended

	conns conns
}

// Run opens all listeners, calls ready with their addresses, and serves until
// ctx ends. Then it stops accepting, lets what runs finish for at most
// DrainTime, cuts the rest, and returns. When one listener cannot be opened
// it opens none and says which.
func (s *Server) Run(ctx context.Context, ready func([]net.Addr)) error {
	open, addrs, err := s.listen(ctx)
	if err != nil {
		return err
	}
	ready(addrs)
	var running sync.WaitGroup
	for i, l := range open {
		running.Go(func() { s.accept(l, s.engines(&s.Listeners[i])) })
	}
	running.Go(func() { s.conns.tick(ctx) })
	<-ctx.Done()
	for _, l := range open {
		l.Close()
	}
	s.conns.drain(s.DrainTime)
	running.Wait()
	return nil
}

func (s *Server) listen(ctx context.Context) (open []*net.TCPListener, addrs []net.Addr, err error) {
	config := net.ListenConfig{KeepAlive: -1}
	for _, l := range s.Listeners {
		opened, lerr := config.Listen(ctx, "tcp", l.Addr)
		if lerr != nil {
			err = errors.Join(err, fmt.Errorf("listener %s (%s): %w", l.Addr, l.Proto, lerr))
			continue
		}
		open = append(open, opened.(*net.TCPListener))
		addrs = append(addrs, opened.Addr())
	}
	if err != nil {
		for _, l := range open {
			l.Close()
		}
	}
	return open, addrs, err
}

// accept takes connections until the listener closes. Running out of file
// descriptors is waited out.
func (s *Server) accept(l *net.TCPListener, e *engines) {
	for {
		c, err := l.AcceptTCP()
		switch {
		case err == nil:
			s.take(c, e)
		case errors.Is(err, net.ErrClosed):
			return
		default:
			s.Log.Warn("accept failed", "listener", e.conf.Addr, "error", err)
			if !s.conns.pause(50 * time.Millisecond) {
				return
			}
		}
	}
}

// take starts a connection unless a limit is reached.
func (s *Server) take(c *net.TCPConn, e *engines) {
	conf := e.conf
	client := s.client(c, conf)
	if why := s.conns.admit(conf, client.Remote.Addr(), s.MaxConns, s.MaxPerAddr); why != "" {
		s.Observer.Refused(conf.Addr, why)
		c.Close()
		return
	}
	conn := e.conn(c, client)
	s.conns.start(conn, func() {
		s.Observer.Accepted(conf.Addr)
		conn.Serve()
		s.Observer.Closed(conf.Addr)
		s.conns.leave(conf, client.Remote.Addr())
	})
}

func (s *Server) client(c *net.TCPConn, conf *Listener) *exchange.Client {
	remote := c.RemoteAddr().(*net.TCPAddr).AddrPort()
	remote = netip.AddrPortFrom(remote.Addr().Unmap(), remote.Port())
	local := c.LocalAddr().(*net.TCPAddr).AddrPort()
	local = netip.AddrPortFrom(local.Addr().Unmap(), local.Port())
	return &exchange.Client{Listener: conf.Addr, Remote: remote, Local: local,
		IP: remote.Addr().AppendTo(nil), Trusted: slices.ContainsFunc(s.Trusted, func(p netip.Prefix) bool { return p.Contains(remote.Addr()) })}
}
