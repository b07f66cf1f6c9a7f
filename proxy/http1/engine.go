// Package http1 speaks HTTP/1.0 and HTTP/1.1: Conn with clients, Transport with
// targets.
//
// What comes in is held to RFC 9112 to the letter; where the RFC lets a
// recipient be lenient, the message is refused. What goes out is written anew
// from the parsed parts.
package http1

import (
	"net"
	"sync"

	"weir/proxy/exchange"
)

// Engine serves client connections. Its fields are set before the first use
// and do not change. It is safe for concurrent use.
type Engine struct {
	Handler  Handler
	Limits   exchange.Limits
	Observer exchange.Observer // sees the requests that are refused unserved; nil is allowed

	// Drains say with which answers clients are asked to leave; nil: with none.
	Drains *exchange.Drains

	works sync.Pool // of *work
	clock clock
}

// Handler answers exchanges; *exchange.Handler is one.
type Handler interface {
	// Serve answers x and returns when the answer is complete. It reports false
	// when the answer broke off or none could be given.
	Serve(x *exchange.Exchange) (whole bool)
}

// Conn makes the connection of a client: a *net.TCPConn, or a *tls.Conn after
// its handshake. early is what was read from it already; it is kept.
func (e *Engine) Conn(conn net.Conn, client *exchange.Client, early []byte) *Conn {
	c := &Conn{engine: e, client: client, conn: conn, early: early, fd: -1}
	c.tcp, _ = conn.(*net.TCPConn)
	c.raw, _ = c.below().SyscallConn() // fails only on a nil connection
	if client.TLS == nil && len(early) == 0 {
		c.phase.start(phaseIdle)
	} else {
		c.phase.start(phaseHead)
	}
	return c
}

func (e *Engine) work() *work {
	if w, ok := e.works.Get().(*work); ok {
		return w
	}
	return &work{in: make([]byte, inBytes), out: make([]byte, 0, outBytes)}
}
