package proxy

import (
	"cmp"
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/net/http2"

	"weir/proxy/exchange"
	"weir/tlssni"
)

// newWeb makes the server of a prometheus listener. Each connection is for one
// request: a scraper comes rarely, and none is idle at the end.
func (e *engines) newWeb() *http.Server {
	server := &http.Server{
		Handler:           e.conf.Web,
		ReadHeaderTimeout: cmp.Or(e.conf.Limits.Header, helloTime),
		ReadTimeout:       cmp.Or(e.conf.Limits.Header, helloTime),
		WriteTimeout:      cmp.Or(e.conf.Limits.Body, time.Minute),
		MaxHeaderBytes:    e.conf.Limits.HeaderBytes,
		ErrorLog:          slog.NewLogLogger(e.server.Log.Handler(), slog.LevelDebug),
	}
	server.SetKeepAlivesEnabled(false)
	// The toolchain's bundled HTTP/2 can be crashed by one client; x/net's is kept
	// up to date. It fails only for ciphers that were chosen badly, and there are
	// none yet.
	//lint:ignore SA1019 its successor configures the bundled copy
	http2.ConfigureServer(server, nil)
	return server
}

// webConn is a connection that package net/http serves. It is the listener of its
// one connection, too.
type webConn struct {
	net.Conn
	server *http.Server
	conf   *tls.Config // nil without TLS
	below  net.Conn

	taken bool
	once  sync.Once
	ended chan struct{}
}

func (e *engines) newWebConn(c *net.TCPConn, early []byte) *webConn {
	w := &webConn{Conn: c, server: e.web, conf: e.conf.TLS, below: c, ended: make(chan struct{})}
	if len(early) > 0 {
		w.Conn = tlssni.NewReplay(c, early)
	}
	return w
}

// Serve runs the connection until it ends.
func (w *webConn) Serve() { w.server.Serve(webListener{w}) }

// Close closes the connection, as package net/http does in the end.
func (w *webConn) Close() error {
	defer w.once.Do(func() { close(w.ended) })
	return w.below.Close()
}

// Drain ends a connection on which nothing was asked.
func (w *webConn) Drain() {
	if silent(w.below) {
		w.Close()
	}
}

// Tick has nothing to do: the server has time limits of its own.
func (w *webConn) Tick(time.Time) {}

// Look has nothing to tell: there is no target.
func (w *webConn) Look(*exchange.Look) {}

// webListener gives the one connection, and ends when that has.
type webListener struct{ *webConn }

func (l webListener) Accept() (net.Conn, error) {
	if l.taken {
		<-l.ended
		return nil, net.ErrClosed
	}
	l.taken = true
	if l.conf != nil {
		return tls.Server(l.webConn, l.conf), nil
	}
	return l.webConn, nil
}

func (l webListener) Addr() net.Addr { return l.LocalAddr() }
