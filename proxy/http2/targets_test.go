package http2

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/http2"

	"weir/internal/testenv"
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

// TestUnsentIsSentAgain has a target stop reading, so that a second request
// waits behind the first one's body, and then go away.
func TestUnsentIsSentAgain(t *testing.T) {
	stuck := make(chan struct{})
	c := chainTo(t, startFrames(t, func(fr *http2.Framer, n int, f http2.Frame) bool {
		switch h, isHead := f.(*http2.HeadersFrame); {
		case isHead && n == 1:
			fr.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1 << 30})
			fr.WriteWindowUpdate(0, 1<<30)
			<-stuck
			return false
		case isHead && n > 1:
			return ok(fr, h.StreamID)
		}
		return true
	}), false)
	answers := make(chan int, 2)
	post := func(body io.Reader) {
		res, err := newClient(t, c.front).RoundTrip(mustPost(t, c.url("/"), body))
		if err != nil {
			t.Error(err)
			answers <- 0
			return
		}
		res.Body.Close()
		answers <- res.StatusCode
	}
	go post(io.LimitReader(endless{}, 1<<30))
	s := theSession(t, c)
	standsStill(t, s)
	go post(nil)
	testenv.Eventually(t, 5*time.Second, func() error {
		s.mu.Lock()
		defer s.mu.Unlock()
		if len(s.streams) < 2 {
			return errors.New("the second request is not on the connection")
		}
		return nil
	})
	close(stuck)
	if a, b := <-answers, <-answers; min(a, b) != 200 || max(a, b) != 502 {
		t.Errorf("answers %d and %d, want 502 for what was sent in part and 200", a, b)
	}
}

// endless is a body without end.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func mustPost(t *testing.T, url string, body io.Reader) *http.Request {
	req, err := http.NewRequestWithContext(t.Context(), "POST", url, body)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// theSession waits for a session of the chain's transport.
func theSession(t *testing.T, c *chain) (s *session) {
	t.Helper()
	testenv.Eventually(t, 5*time.Second, func() error {
		c.transport.mu.RLock()
		defer c.transport.mu.RUnlock()
		for _, g := range c.transport.groups {
			g.mu.Lock()
			defer g.mu.Unlock()
			if len(g.sessions) > 0 {
				s = g.sessions[0]
				return nil
			}
		}
		return errors.New("no session")
	})
	return s
}

// standsStill waits until s has been writing the same bytes for a while.
func standsStill(t *testing.T, s *session) {
	t.Helper()
	gen, same := uint64(0), 0
	testenv.Eventually(t, 20*time.Second, func() error {
		s.mu.Lock()
		defer s.mu.Unlock()
		if !s.flushing || s.gen != gen {
			gen, same = s.gen, 0
		}
		if same++; same < 40 {
			return errors.New("still writing")
		}
		return nil
	})
}

// TestInFlightLimit holds requests beyond the limit of a target back.
func TestInFlightLimit(t *testing.T) {
	var open, peak atomic.Int32
	release := make(chan struct{})
	c := startChain(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		peak.Store(max(peak.Load(), open.Add(1)))
		<-release
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
		if got := <-status; got != 503 {
			t.Errorf("status %d beyond the limit, want 503", got)
		}
	}
	close(release)
	for range 5 {
		if got := <-status; got != 200 {
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
