//go:build linux

// Package tcp relays TCP connections: those of plain TCP listeners by port, TLS
// connections by the server name of their ClientHello, undecrypted.
//
// Connections have no goroutine of their own. A Poller waits for all of them and
// runs each one that is ready until it would block, with raw non-blocking
// sockets: on new connections goroutines, deadlines and package net's socket
// options cost more than the relaying does.
package tcp

import (
	"cmp"
	"net"
	"net/netip"
	"time"

	"weir/proxy/exchange"
	"weir/proxy/proxyproto"
	"weir/proxy/upstream"
)

// Engine relays the connections of one listener. Its fields are set before the
// first use and do not change.
type Engine struct {
	Listener string // the address the listener was configured with
	// Port is the key of the listener's route, ":9000". Empty routes by server
	// name: a connection begins with a ClientHello then.
	Port     string
	Poller   *Poller
	Chooser  *exchange.Chooser
	Observer exchange.Observer
	Timed    bool // how long connects and first bytes take is measured for all, not only in trials

	Hello   time.Duration // for the whole ClientHello; zero means 5 s
	Connect time.Duration // for one connect to a target; zero means no limit of its own; Chooser.Wait bounds it too
	Idle    time.Duration // without a byte either way; zero means no limit

	// Proxy says who may announce the client by a PROXY header; nil: such a
	// header is as good as any other bytes.
	Proxy *proxyproto.Policy
	// Dialer connects those of Decrypted; Conn needs none.
	Dialer *upstream.Dialer

	// Terminate takes over a client that named no server whose TLS is passed
	// through, or none. It must not wait; the connection yields the ClientHello
	// again. Nil closes such clients.
	Terminate func(client net.Conn, ends Ends) exchange.Conn
}

// Ends are the addresses of a client connection, as its PROXY header has them
// where there is one.
type Ends struct {
	Remote netip.AddrPort // the client's; the connection itself forgets it when the client leaves
	Local  netip.AddrPort // what the client connected to; not valid where nobody asked for it
}

func (e *Engine) hello() time.Duration { return cmp.Or(e.Hello, 5*time.Second) }

// longConnect is about how long Linux itself tries to connect.
const longConnect = 2 * time.Minute

// connectTime bounds one connect to a target.
func (s *search) connectTime() time.Duration {
	limit := cmp.Or(s.engine.Connect, longConnect)
	return min(limit, cmp.Or(s.tries.ConnectTime(s.engine.Chooser), limit))
}
