package proxy

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"time"

	"weir/proxy/exchange"
	"weir/proxy/tcp"
)

// door is an open listener and what it does with a connection.
type door struct {
	conf  *Listener
	addr  net.Addr
	next  func() error // accepts one connection and starts it
	close func() error
}

// open opens the listener that conf asks for.
func (s *Server) open(ctx context.Context, conf *Listener, poller *tcp.Poller) (*door, error) {
	switch conf.Proto {
	case "http", "https":
		return s.openHTTP(ctx, conf)
	case "tcp", "tcp+sni", "https+tcp+sni":
		return s.openTCP(ctx, conf, poller)
	}
	return nil, fmt.Errorf("protocol %q, want http, https, tcp, tcp+sni or https+tcp+sni", conf.Proto)
}

func (s *Server) openHTTP(ctx context.Context, conf *Listener) (*door, error) {
	config := net.ListenConfig{KeepAlive: -1}
	opened, err := config.Listen(ctx, "tcp", conf.Addr)
	if err != nil {
		return nil, err
	}
	l, engines := opened.(*net.TCPListener), s.engines(conf)
	return &door{conf: conf, addr: l.Addr(), close: l.Close, next: func() error { return s.nextConn(l, engines) }}, nil
}

func (s *Server) openTCP(ctx context.Context, conf *Listener, poller *tcp.Poller) (*door, error) {
	l, err := tcp.Listen(ctx, conf.Addr)
	if err != nil {
		return nil, err
	}
	engine := s.relay(conf, poller, l.Addr())
	return &door{conf: conf, addr: l.Addr(), close: l.Close, next: func() error { return s.nextSocket(l, engine, conf) }}, nil
}

// openAll opens all listeners, or none and says which failed.
func (s *Server) openAll(ctx context.Context, poller *tcp.Poller) (doors []*door, err error) {
	for i := range s.Listeners {
		conf := &s.Listeners[i]
		d, derr := s.open(ctx, conf, poller)
		if derr != nil {
			err = errors.Join(err, fmt.Errorf("listener %s (%s): %w", conf.Addr, conf.Proto, derr))
			continue
		}
		doors = append(doors, d)
	}
	if err != nil {
		for _, d := range doors {
			d.close()
		}
	}
	return doors, err
}

// serve takes connections until the door is closed. Running out of file
// descriptors is waited out, and told once.
func (s *Server) serve(d *door) {
	failing := false
	for {
		switch err := d.next(); {
		case err == nil:
			failing = false
		case errors.Is(err, net.ErrClosed):
			return
		default:
			if !failing {
				s.Log.Warn("accept failed, trying on", "listener", d.conf.Addr, "error", err)
			}
			failing = true
			if !s.conns.pause(50 * time.Millisecond) {
				return
			}
		}
	}
}

// nextConn serves a connection on a goroutine of its own.
func (s *Server) nextConn(l *net.TCPListener, e *engines) error {
	c, err := l.AcceptTCP()
	if err != nil {
		return err
	}
	client := s.client(e.conf, addrPort(c.RemoteAddr()), addrPort(c.LocalAddr()))
	if !s.admit(e.conf, client.Remote.Addr()) {
		return c.Close()
	}
	conn := e.conn(c, client)
	s.conns.begin(conn)
	go func() {
		defer s.leave(e.conf, client.Remote.Addr(), conn)
		conn.Serve()
	}()
	return nil
}

// nextSocket starts a connection that the engine's poller runs.
func (s *Server) nextSocket(l *tcp.Listener, e *tcp.Engine, conf *Listener) error {
	socket, err := l.Accept()
	if err != nil {
		return err
	}
	addr := socket.Remote.Addr()
	if !s.admit(conf, addr) {
		return socket.Close()
	}
	conn := e.Conn(socket)
	s.conns.begin(conn)
	conn.Start(func() { s.leave(conf, addr, conn) })
	return nil
}

// admit counts a connection in unless a limit is reached.
func (s *Server) admit(conf *Listener, addr netip.Addr) bool {
	if why := s.conns.admit(conf, addr, s.MaxConns, s.MaxPerAddr); why != "" {
		s.Observer.Refused(conf.Addr, why)
		return false
	}
	s.Observer.Accepted(conf.Addr)
	return true
}

func (s *Server) leave(conf *Listener, addr netip.Addr, conn exchange.Conn) {
	s.Observer.Closed(conf.Addr)
	s.conns.leave(conf, addr, conn)
}

func (s *Server) client(conf *Listener, remote, local netip.AddrPort) *exchange.Client {
	trusted := slices.ContainsFunc(s.Trusted, func(p netip.Prefix) bool { return p.Contains(remote.Addr()) })
	return &exchange.Client{Listener: conf.Addr, Remote: remote, Local: local, IP: remote.Addr().AppendTo(nil), Trusted: trusted}
}

// addrPort is a TCP address, IPv4 as such.
func addrPort(a net.Addr) netip.AddrPort {
	ap := a.(*net.TCPAddr).AddrPort()
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}
