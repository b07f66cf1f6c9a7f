package http2

import (
	"net"
	"sync"

	"golang.org/x/net/http2"

	"weir/proxy/exchange"
)

// MaxStreams is how many requests a client may have open on a connection.
const MaxStreams = 100

// Handler serves exchanges; exchange.Handler is the one that ships.
type Handler interface {
	// Serve answers x. It returns when the answer is complete, and reports
	// false when it broke off.
	Serve(x *exchange.Exchange) (whole bool)
}

// Server makes connections that share buffers. The fields are set before the
// first use and do not change.
type Server struct {
	Handler  Handler
	Limits   exchange.Limits
	Observer exchange.Observer // sees the requests that are refused unserved; nil is allowed

	buffers  buffers
	requests sync.Pool
}

// Preface is what a client sends first on every HTTP/2 connection.
const Preface = http2.ClientPreface

// NewConn makes a connection of nc: TLS that agreed on h2, or plain TCP whose
// client knows that we speak HTTP/2 (RFC 9113 section 3.3). read is what was
// read from nc already, a part of the preface at least or nothing.
func (s *Server) NewConn(nc net.Conn, client *exchange.Client, read []byte) *Conn {
	c := &Conn{server: s, client: client, work: make(chan *request, 2*MaxStreams)}
	c.limits, c.window = s.Limits, clientWindow
	c.open(nc, c, &s.buffers, read)
	c.quiet = c.now
	return c
}

func (s *Server) request() *request {
	if r, ok := s.requests.Get().(*request); ok {
		return r
	}
	r := &request{}
	r.x.Reply = (*reply)(r)
	return r
}
