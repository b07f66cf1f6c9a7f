package http2

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"weir/proxy/exchange"
	"weir/proxy/http1"
	"weir/proxy/upstream"
)

// TestHostileRequestsOnTheWire sends the hostile requests through to a target
// that speaks HTTP/1.1: it must see those that are served, and nothing that
// could be read in two ways.
func TestHostileRequestsOnTheWire(t *testing.T) {
	w := &wire{TB: t}
	t.Cleanup(func() { // after all connections have ended
		if late := w.take(); len(late) > 0 {
			t.Errorf("target saw %q late", late)
		}
	})
	w.addr = listen(t, w.serve)
	c := chainThrough(t, "http://"+w.addr, false, map[string]exchange.Transport{"http": startHTTP1(t)})
	for _, h := range readHostile(t) {
		t.Run(h.name, func(t *testing.T) {
			h.try(t, c.front)
			want := strings.Replace(h.sees, " | te: trailers", "", 1) // is for the next hop only
			if got := strings.Join(w.take(), "\n"); got != want {
				t.Errorf("target saw %q, want %q", got, want)
			}
		})
	}
}

func startHTTP1(t testing.TB) *http1.Transport {
	t.Helper()
	pool := &upstream.Pool{Dialer: &upstream.Dialer{}}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); pool.Run(ctx) }()
	t.Cleanup(func() { stop(); joined(t, "the pool", func() { <-ended }) })
	return &http1.Transport{Pool: pool, Limits: testLimits(), ResponseHeader: time.Minute}
}

// wire is a target that speaks HTTP/1.1 and notes every request that is whole,
// as it reads it by the grammar of RFC 9112 and nothing else.
type wire struct {
	testing.TB
	addr string

	mu    sync.Mutex
	whole []string
}

func (w *wire) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := w.whole
	w.whole = nil
	return all
}

func (w *wire) serve(c net.Conn) {
	r := &strictReader{Reader: bufio.NewReader(c)}
	for {
		request, err := r.request()
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
			return // a request that is cut short is none
		case err != nil:
			w.Error(err)
			return
		}
		w.mu.Lock()
		w.whole = append(w.whole, request)
		w.mu.Unlock()
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	}
}
