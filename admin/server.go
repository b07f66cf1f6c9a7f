package admin

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/net/http2"
)

// maxConns bounds the connections to the admin listener.
const maxConns = 512

// drainTime is how long requests may take to end after the context has ended.
const drainTime = 2 * time.Second

// Run serves on ln until ctx ends, then lets running requests finish for up to
// two seconds and returns nil. It closes ln. Where nobody can log in and others
// can reach the address it refuses writes.
func (a *Admin) Run(ctx context.Context, ln net.Listener) error {
	h := newHub()
	server, err := a.server(ln.Addr(), h)
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	watching, stop := context.WithCancel(ctx)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		(&watcher{admin: a, hub: h}).watch(watching)
	}()
	defer func() { stop(); <-watched }()
	failed := make(chan error, 1)
	go func() {
		if a.TLS != nil {
			failed <- server.ServeTLS(ln, "", "")
		} else {
			failed <- server.Serve(ln)
		}
	}()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	if server.Shutdown(drain) != nil {
		_ = server.Close() // who is still busy is cut off
	}
	<-failed
	return nil
}

// server makes the HTTP server for a listener with this address.
func (a *Admin) server(addr net.Addr, h *hub) (*http.Server, error) {
	noWrites := ""
	if a.Auth == nil && !loopback(addr) {
		noWrites = "writes are refused: " + addr.String() + " can be reached from other machines and there is no authentication; set ui.auth.file, or listen on 127.0.0.1 (ui.addr) to write"
		a.Log.Warn("admin serves reads only", "listener", addr.String(), "reason", "not a loopback address, and there is no authentication")
	}
	server := &http.Server{
		Handler:           a.handler(noWrites, h),
		TLSConfig:         a.TLS,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    16 << 10,
		ConnState:         (&connLimit{}).track,
		ErrorLog:          slog.NewLogLogger(a.Log.Handler(), slog.LevelDebug),
	}
	// HTTP/2 comes only with TLS. The toolchain's bundled copy can be crashed by
	// one client; x/net's is kept up to date.
	//lint:ignore SA1019 its successor configures the bundled copy
	return server, http2.ConfigureServer(server, nil)
}

// connLimit closes connections beyond maxConns. It works on the server's
// connections, since a listener around the listener would hide what they can do.
type connLimit struct{ open atomic.Int64 }

func (l *connLimit) track(conn net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		if l.open.Add(1) > maxConns {
			_ = conn.Close() // the server then sees its end, as StateClosed
		}
	case http.StateClosed, http.StateHijacked:
		l.open.Add(-1)
	}
}

func loopback(addr net.Addr) bool {
	tcp, ok := addr.(*net.TCPAddr)
	return !ok || tcp.IP.IsLoopback() // a Unix socket has its file's permissions
}
