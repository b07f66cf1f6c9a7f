package proxy

import (
	"net"
	"net/netip"
	"strconv"

	"weir/proxy/exchange"
	"weir/proxy/tcp"
)

// relay makes the engine of a listener that passes bytes on, all of them or
// those whose server name has such a route.
func (s *Server) relay(conf *Listener, poller *tcp.Poller, addr net.Addr) *tcp.Engine {
	e := &tcp.Engine{Listener: conf.Addr, Poller: poller, Chooser: s.HTTP.Chooser, Observer: s.Observer,
		Hello: conf.Hello, Connect: conf.Connect, Idle: conf.Limits.Tunnel}
	switch {
	case conf.Proto == "tcp":
		e.Port = ":" + strconv.Itoa(int(addrPort(addr).Port()))
	case conf.Proto == "https+tcp+sni" && conf.TLS != nil:
		engines := s.engines(conf)
		e.Terminate = func(c net.Conn, remote netip.AddrPort) exchange.Conn {
			return engines.secure(c, s.client(conf, remote, addrPort(c.LocalAddr())))
		}
	}
	return e
}
