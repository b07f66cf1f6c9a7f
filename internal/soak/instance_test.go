package soak

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"weir/internal/testenv"
	"weir/route"
)

// big is the answer that slow clients read.
var big = bytes.Repeat([]byte("0123456789abcdef"), 1<<14)

// instance is one incarnation of a server behind weir. It notes whom it began
// to serve, so that a failure can be laid at its door.
type instance struct {
	route.Instance
	listener net.Listener
	server   *http.Server
	served   chan struct{} // closed when Serve has returned

	mu      sync.Mutex
	begun   map[string]bool   // request IDs
	silent  map[net.Conn]bool // connections on which the next request has not begun
	killed  time.Time         // when it broke off all it had; zero: never
	unheard int               // connections that were silent to their end
}

type connKey struct{}

func startInstance(t *testing.T, id string, service string, tags []string, cert *testenv.Cert) *instance {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	i := &instance{served: make(chan struct{}), begun: map[string]bool{}, silent: map[net.Conn]bool{},
		Instance: route.Instance{Service: service, ID: id, Node: "soak", Datacenter: "dc1", Address: "127.0.0.1",
			Port: l.Addr().(*net.TCPAddr).Port, Tags: tags, Up: true}}
	i.server = &http.Server{Handler: i, ConnState: i.state, ErrorLog: log.New(io.Discard, "", 0),
		ConnContext: func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, connKey{}, c) }}
	if cert != nil {
		l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{cert.TLS}})
	}
	i.listener = l
	go func() {
		defer close(i.served)
		i.server.Serve(l)
	}()
	return i
}

// ServeHTTP answers with what was sent, or with big when asked for that.
func (i *instance) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	i.begun[r.Header.Get(idField)] = true
	delete(i.silent, r.Context().Value(connKey{}).(net.Conn))
	i.mu.Unlock()
	if r.URL.Path == "/big" {
		w.Write(big[:len(big)/2])
		tick(r.Context(), 10*time.Millisecond) // so that a kill finds answers half sent
		w.Write(big[len(big)/2:])
		return
	}
	sent, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	w.Write(sent)
}

func (i *instance) state(c net.Conn, s http.ConnState) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if s == http.StateNew || s == http.StateActive {
		i.silent[c] = true
		return
	}
	if i.silent[c] && s == http.StateClosed {
		i.unheard++
	}
	delete(i.silent, c)
}

// leave stops listening, as an instance does that was asked to end, and
// returns when what it served is done. net/http's own Shutdown drops requests
// that it has not begun: over HTTP weir asks another instance then, but what it
// passes through it cannot take back, so those are waited for.
func (i *instance) leave(t *testing.T) {
	if i.Service == "tls" {
		i.listener.Close()
		testenv.Eventually(t, 20*time.Second, func() error {
			i.mu.Lock()
			defer i.mu.Unlock()
			if n := len(i.silent); n > 0 {
				return fmt.Errorf("%d connections to %s have no request", n, i.ID)
			}
			return nil
		})
	}
	i.server.Shutdown(context.Background())
	<-i.served
}

// kill breaks everything off.
func (i *instance) kill() {
	i.mu.Lock()
	i.killed = time.Now()
	i.mu.Unlock()
	i.server.Close()
	<-i.served
}

// broke reports whether the instance took a request down with it that began at
// from.
func (i *instance) broke(id string, from time.Time) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.begun[id] && i.killed.After(from)
}
