package proxy

import (
	"net"
	"strconv"

	"weir/proxy/exchange"
	"weir/proxy/tcp"
)

// relays reports whether the listener's connections may be passed on as bytes.
func (l *Listener) relays() bool { return l.Proto != "http" && l.Proto != "https" }

// relay makes the engine of a listener that passes bytes on, all of them or
// those whose server name has such a route.
func (s *Server) relay(conf *Listener, poller *tcp.Poller, addr net.Addr) *tcp.Engine {
	e := &tcp.Engine{Listener: conf.Addr, Poller: poller, Chooser: s.HTTP.Chooser, Observer: s.Observer,
		Hello: conf.Hello, Connect: conf.Connect, Idle: conf.Limits.Tunnel}
	switch conf.Proto {
	case "tcp":
		e.Port = ":" + strconv.Itoa(int(addrPort(addr).Port()))
	case "https+tcp+sni":
		engines := s.engines(conf)
		e.Terminate = func(c net.Conn) exchange.Conn {
			client := s.client(conf, addrPort(c.RemoteAddr()), addrPort(c.LocalAddr()))
			return engines.handoff(c, conf.Hello, func() exchange.Conn { return engines.terminate(c, client) })
		}
	}
	return e
}
