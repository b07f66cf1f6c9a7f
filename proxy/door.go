package proxy

import (
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync/atomic"
	"time"

	"weir/proxy/exchange"
	"weir/proxy/tcp"
)

// door is an open listener and what it does with a connection.
type door struct {
	addr   net.Addr
	group  *group
	how    atomic.Pointer[engines] // taken once by each connection
	socket socket                  // under Server.mu
}

// serve takes connections until the socket is closed. Running out of file
// descriptors is waited out, and told once.
func (s *Server) serve(d *door, from socket) {
	failing := false
	for {
		switch err := from.next(s, d); {
		case err == nil:
			failing = false
		case errors.Is(err, net.ErrClosed):
			return
		default:
			if !failing {
				s.Log.Warn("accept failed, trying on", "listener", d.how.Load().conf.Addr, "error", err)
			}
			failing = true
			if !d.group.pause(50 * time.Millisecond) {
				return
			}
		}
	}
}

// next serves a connection on a goroutine of its own.
func (s netSocket) next(server *Server, d *door) error {
	c, err := s.AcceptTCP()
	if err != nil {
		return err
	}
	e := d.how.Load()
	ends := tcp.Ends{Remote: addrPort(c.RemoteAddr()), Local: addrPort(c.LocalAddr())}
	v := visit{server: server, door: d, conf: e.conf, addr: ends.Remote.Addr()}
	if !v.admit() {
		return c.Close()
	}
	var conn exchange.Conn
	if e.conf.Proxy != nil {
		conn = e.announced(c, ends, &v)
	} else {
		conn = e.conn(c, e.client(ends), nil)
	}
	v.begin(conn)
	go func() {
		defer v.Ended()
		conn.Serve()
	}()
	return nil
}

// next starts a connection that the engine's poller runs.
func (s rawSocket) next(server *Server, d *door) error {
	accepted, err := s.Accept()
	if err != nil {
		return err
	}
	e := d.how.Load()
	v := visit{server: server, door: d, conf: e.conf, addr: accepted.Remote.Addr()}
	if !v.admit() {
		return accepted.Close()
	}
	conn := e.relay.Conn(accepted)
	v.begin(conn)
	conn.Start(&v)
	return nil
}

// visit is a connection as the server counts it.
type visit struct {
	server *Server
	door   *door
	conf   *Listener // as the listener was when it accepted the connection
	addr   netip.Addr
	conn   exchange.Conn
}

// admit counts a connection in unless a limit is reached. Where a PROXY header may
// still say whose it is, Known looks at the limit of one client.
func (v *visit) admit() bool {
	perAddr := v.conf.MaxPerAddr
	if v.conf.Proxy != nil {
		perAddr = 0
	}
	if why := v.server.conns.admit(v.door.group, v.addr, v.conf.MaxConns, perAddr); why != "" {
		v.server.Observer.Refused(v.conf.Addr, why)
		return false
	}
	v.server.Observer.Accepted(v.conf.Addr)
	return true
}

// Known notes whose connection it is, or says why that client gets no more.
func (v *visit) Known(addr netip.Addr) (refused string) {
	if refused = v.server.conns.rename(v.addr, addr, v.conf.MaxPerAddr); refused == "" {
		v.addr = addr
	}
	return refused
}

func (v *visit) begin(conn exchange.Conn) {
	v.conn = conn
	v.server.conns.begin(v.door.group, conn)
}

// Ended counts the connection out.
func (v *visit) Ended() {
	v.server.Observer.Closed(v.conf.Addr)
	v.server.conns.leave(v.door.group, v.addr, v.conn)
}

// client is what is known of a client.
func (e *engines) client(ends tcp.Ends) *exchange.Client {
	addr := ends.Remote.Addr()
	trusted := slices.ContainsFunc(e.conf.Trusted, func(p netip.Prefix) bool { return p.Contains(addr) })
	return &exchange.Client{Listener: e.conf.Addr, Remote: ends.Remote, Local: ends.Local, IP: addr.AppendTo(nil), Trusted: trusted}
}

// addrPort is a TCP address, IPv4 as such.
func addrPort(a net.Addr) netip.AddrPort {
	ap := a.(*net.TCPAddr).AddrPort()
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}
