package proxy

import (
	"cmp"
	"net"
	"net/http"
	"slices"
	"time"

	"weir/proxy/exchange"
	"weir/proxy/http1"
	"weir/proxy/http2"
	"weir/proxy/tcp"
	"weir/tlssni"
)

// helloTime is for a handshake where Listener.Hello says nothing.
const helloTime = 5 * time.Second

// engines serve the connections of one listener, as it is configured. They do not
// change: a listener that changes gets others.
type engines struct {
	server *Server
	conf   *Listener
	poller *tcp.Poller
	http1  *http1.Engine
	http2  *http2.Server
	relay  *tcp.Engine  // nil where no bytes are passed on
	web    *http.Server // nil but for prometheus
	of     *engines     // those of the tcp-dynamic listener whose port this is; else nil
}

// engines makes those of a listener that is open at addr.
func (s *Server) engines(conf *Listener, addr net.Addr, poller *tcp.Poller) *engines {
	e := &engines{server: s, conf: conf, poller: poller,
		http1: &http1.Engine{Handler: conf.HTTP, Limits: conf.Limits, Observer: s.Observer, Drains: s.Drains},
		http2: &http2.Server{Handler: conf.HTTP, Limits: conf.Limits, Observer: s.Observer},
	}
	switch {
	case conf.raw() || conf.Proto == "tcp":
		e.relay = e.newRelay(addr)
	case conf.Proto == "prometheus":
		e.web = e.newWeb()
	}
	return e
}

// conn makes the connection that the listener's protocol asks for. early is what
// was read from c already.
func (e *engines) conn(c *net.TCPConn, client *exchange.Client, early []byte) exchange.Conn {
	switch {
	case e.conf.Proto == "http" && e.conf.H2C:
		return e.handoff(c, e.conf.Limits.Header, func() exchange.Conn { return e.sniff(c, client, early) })
	case e.conf.Proto == "http":
		return e.http1.Conn(c, client, early)
	case e.conf.Proto == "prometheus":
		return e.newWebConn(c, early)
	case len(early) > 0:
		return e.secure(tlssni.NewReplay(c, early), client)
	}
	return e.secure(c, client)
}

func (e *engines) handoff(c net.Conn, limit time.Duration, open func() exchange.Conn) exchange.Conn {
	return &handoff{conn: c, started: time.Now(), limit: limit, open: open}
}

// secure makes the connection of a client that speaks TLS with us.
func (e *engines) secure(c net.Conn, client *exchange.Client) exchange.Conn {
	return e.handoff(c, cmp.Or(e.conf.Hello, helloTime), func() exchange.Conn { return e.terminate(c, client) })
}

// sniff tells HTTP/2 with prior knowledge from HTTP/1 by its preface.
func (e *engines) sniff(c net.Conn, client *exchange.Client, read []byte) exchange.Conn {
	for {
		begun := read[:min(len(read), len(http2.Preface))]
		switch {
		case string(begun) != http2.Preface[:len(begun)]:
			return e.http1.Conn(c, client, read)
		case len(begun) == len(http2.Preface):
			return e.http2.NewConn(c, client, read)
		}
		read = slices.Grow(read, len(http2.Preface)-len(read))
		n, err := c.Read(read[len(read):len(http2.Preface)])
		if err != nil {
			return nil
		}
		read = read[:len(read)+n]
	}
}
