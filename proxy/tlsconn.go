package proxy

import (
	"context"
	"crypto/tls"
	"net"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"weir/proxy/exchange"
	"weir/proxy/tcp"
)

// handoff is a connection whose engine is known only after some bytes were
// read: a TLS handshake, a ClientHello, an HTTP/2 preface.
type handoff struct {
	conn    net.Conn
	started time.Time
	limit   time.Duration // for what comes before the engine; zero means none
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

// Drain drains the engine, now or as soon as there is one. A client that has
// not sent a byte is idle.
func (h *handoff) Drain() {
	h.mu.Lock()
	engine := h.engine
	h.draining = true
	h.mu.Unlock()
	switch {
	case engine != nil:
		engine.Drain()
	case silent(h.conn):
		h.conn.Close()
	}
}

// silent reports whether nothing has come on a connection so far.
func silent(conn net.Conn) bool {
	c, ok := conn.(*net.TCPConn)
	if !ok {
		return false // a replay: there was a ClientHello
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return false
	}
	var info *unix.TCPInfo
	raw.Control(func(fd uintptr) { info, err = unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO) })
	return err == nil && info != nil && info.Bytes_received == 0
}

// Tick ends a handshake that takes too long.
func (h *handoff) Tick(now time.Time) {
	if engine := h.begun(); engine != nil {
		engine.Tick(now)
	} else if h.limit > 0 && now.Sub(h.started) >= h.limit {
		h.conn.Close()
	}
}

// Look passes on what the engine has open; before there is none that is nothing.
func (h *handoff) Look(l *exchange.Look) {
	if engine := h.begun(); engine != nil {
		engine.Look(l)
	}
}

// Close cuts the connection. The engine knows how to without waiting for what
// runs on it.
func (h *handoff) Close() error {
	if engine := h.begun(); engine != nil {
		return engine.Close()
	}
	return h.conn.Close()
}

// begun is the engine's connection; nil before.
func (h *handoff) begun() exchange.Conn {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.engine
}

// terminate makes the connection of a client that speaks TLS with us. conn
// yields the ClientHello.
func (e *engines) terminate(conn net.Conn, client *exchange.Client) exchange.Conn {
	secure := tls.Server(conn, e.conf.TLS)
	if err := secure.HandshakeContext(context.Background()); err != nil {
		e.server.Observer.Refused(e.conf.Addr, "handshake")
		return nil
	}
	state := secure.ConnectionState()
	if e.conf.Proto == "tcp" {
		return e.relay.Decrypted(secure, tcp.Ends{Remote: client.Remote, Local: client.Local}, state.ServerName)
	}
	client.TLS = &state
	if state.NegotiatedProtocol == "h2" {
		return e.http2.NewConn(secure, client, nil)
	}
	return e.http1.Conn(secure, client, nil)
}
