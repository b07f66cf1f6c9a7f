package proxy

import (
	"context"
	"crypto/tls"
	"net"
	"sync"
	"time"

	"weir/proxy/exchange"
)

// handoff is a connection whose engine is known only after some bytes were
// read: a TLS handshake, a ClientHello, an HTTP/2 preface.
type handoff struct {
	conn    net.Conn
	started time.Time
	limit   time.Duration // for what comes before the engine
	// open reads what it must and returns the engine's connection, or nil when
	// the client is to be turned away.
	open func() exchange.Conn

	mu       sync.Mutex
	engine   exchange.Conn
	draining bool
}

// Serve runs the handshake and then the engine.
func (h *handoff) Serve() {
	engine := h.open()
	if engine == nil {
		h.conn.Close()
		return
	}
	h.mu.Lock()
	h.engine = engine
	drain := h.draining
	h.mu.Unlock()
	if drain {
		engine.Drain()
	}
	engine.Serve()
}

// Drain drains the engine, now or as soon as there is one.
func (h *handoff) Drain() {
	h.mu.Lock()
	engine := h.engine
	h.draining = true
	h.mu.Unlock()
	if engine != nil {
		engine.Drain()
	}
}

// Tick ends a handshake that takes too long.
func (h *handoff) Tick(now time.Time) {
	h.mu.Lock()
	engine := h.engine
	h.mu.Unlock()
	if engine != nil {
		engine.Tick(now)
	} else if now.Sub(h.started) > h.limit {
		h.conn.Close()
	}
}

// Close cuts the connection.
func (h *handoff) Close() error { return h.conn.Close() }

// terminate makes the connection of a client that speaks TLS with us. conn
// yields the ClientHello.
func (e *engines) terminate(conn net.Conn, client *exchange.Client) exchange.Conn {
	secure := tls.Server(conn, e.conf.TLS)
	if err := secure.HandshakeContext(context.Background()); err != nil {
		e.server.Observer.Refused(e.conf.Addr, "handshake")
		return nil
	}
	state := secure.ConnectionState()
	client.TLS = &state
	if state.NegotiatedProtocol == "h2" {
		return e.http2.NewConn(secure, client, nil)
	}
	return e.http1.Conn(secure, client, nil)
}
