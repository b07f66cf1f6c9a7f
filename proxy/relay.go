package proxy

import (
	"net"
	"strconv"

	"weir/proxy/exchange"
	"weir/proxy/tcp"
)

// newRelay makes the engine of a listener that passes bytes on, all of them or
// those whose server name has such a route.
func (e *engines) newRelay(addr net.Addr) *tcp.Engine {
	conf := e.conf
	r := &tcp.Engine{Listener: conf.Addr, Poller: e.poller, Chooser: conf.HTTP.Chooser, Observer: e.server.Observer,
		Timed: conf.HTTP.Details, Proxy: conf.Proxy, Dialer: conf.Dialer,
		Hello: conf.Hello, Connect: conf.Connect, Idle: conf.Limits.Tunnel}
	switch {
	case conf.Proto == "tcp":
		r.Port = ":" + strconv.Itoa(int(addrPort(addr).Port()))
	case conf.Proto == "https+tcp+sni" && conf.TLS != nil:
		r.Terminate = func(c net.Conn, ends tcp.Ends) exchange.Conn {
			if !ends.Local.IsValid() {
				ends.Local = addrPort(c.LocalAddr())
			}
			return e.secure(c, e.client(ends))
		}
	}
	return r
}
