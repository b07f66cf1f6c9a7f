package http2

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/net/http2"
)

// TestRefusingTargetIsReplaced has one target of two refuse every stream.
func TestRefusingTargetIsReplaced(t *testing.T) {
	refusing := startScript(t, func(fr *http2.Framer, n int, id uint32) bool {
		fr.WriteRSTStream(id, http2.ErrCodeRefusedStream)
		return true
	})
	to := startTarget(t, http.HandlerFunc(echo), false)
	to.url += "\nroute add svc / " + refusing.url
	c := chainTo(t, to, false)
	for range 20 {
		roundTrip(t, c, random(5000), true)
	}
}

// TestInFlightLimit holds requests beyond the limit of a target back.
func TestInFlightLimit(t *testing.T) {
	var open, peak atomic.Int32
	release := make(chan struct{})
	c := startChain(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		peak.Store(max(peak.Load(), open.Add(1)))
		hold(t, release)
		open.Add(-1)
	}), false)
	c.transport.MaxInFlight, c.chooser.Wait = 5, briefly
	status := make(chan int, 12)
	for range 12 {
		go func() {
			res, err := c.client.Transport.RoundTrip(mustGet(t, c.url("/")))
			if err != nil {
				t.Error(err)
				status <- 0
				return
			}
			res.Body.Close()
			status <- res.StatusCode
		}()
	}
	for range 7 {
		if got := next(t, status); got != 503 {
			t.Errorf("status %d beyond the limit, want 503", got)
		}
	}
	close(release)
	for range 5 {
		if got := next(t, status); got != 200 {
			t.Errorf("status %d within the limit, want 200", got)
		}
	}
	if peak.Load() > 5 {
		t.Errorf("%d requests at once at the target", peak.Load())
	}
}

// TestNamesAreBounded asks one target over TLS for many hosts.
func TestNamesAreBounded(t *testing.T) {
	var mu sync.Mutex
	conns, peak := map[net.Conn]bool{}, 0
	to := startTarget(t, http.HandlerFunc(echo), true, func(srv *http.Server) {
		srv.ConnState = func(c net.Conn, s http.ConnState) {
			mu.Lock()
			defer mu.Unlock()
			if conns[c] = true; s == http.StateClosed {
				delete(conns, c)
			}
			peak = max(peak, len(conns))
		}
	})
	to.url += ` opts "tlsskipverify=true"`
	c := chainTo(t, to, false)
	for i := range 3 * maxNames {
		req := mustPost(t, c.url("/"), bytes.NewReader(nil))
		req.Host = fmt.Sprintf("%d.test", i)
		res, err := c.client.Do(req)
		if err != nil || res.StatusCode != 201 || !strings.Contains(res.Header.Get("X-Seen"), req.Host) {
			t.Fatal(res, err)
		}
		res.Body.Close()
	}
	mu.Lock()
	defer mu.Unlock()
	if peak > maxNames+10 { // some are just ending
		t.Errorf("%d connections at once, want about %d", peak, maxNames)
	}
}

func mustPost(t *testing.T, url string, body io.Reader) *http.Request {
	req, err := http.NewRequestWithContext(t.Context(), "POST", url, body)
	if err != nil {
		t.Fatal(err)
	}
	return req
}
