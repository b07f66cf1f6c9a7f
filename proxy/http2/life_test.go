package http2

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/http2"

	"weir/internal/testenv"
)

// TestDrainLosesNothing drains connections under load: every request is served.
func TestDrainLosesNothing(t *testing.T) {
	bothWays(t, func(t *testing.T, secure bool) {
		c := startChain(t, http.HandlerFunc(echo), secure)
		ctx, stop := context.WithCancel(t.Context())
		var load sync.WaitGroup
		for range 8 {
			load.Go(func() {
				for ctx.Err() == nil {
					roundTrip(t, c, random(5000), true)
				}
			})
		}
		for i := range 20 {
			testenv.Eventually(t, patience, func() error {
				c.mu.Lock()
				defer c.mu.Unlock()
				if len(c.conns) <= i || !c.conns[i].drainUsed() {
					return errors.New("no further connection")
				}
				return nil
			})
		}
		stop()
		joined(t, "the load", load.Wait)
	})
}

// drainUsed drains a connection that has had a request.
func (c *Conn) drainUsed() bool {
	c.mu.Lock()
	used := c.lastID > 0
	c.mu.Unlock()
	if used {
		c.Drain()
	}
	return used
}

// TestDrainWaitsForWhatRuns ends an idle connection at once and a busy one later.
func TestDrainWaitsForWhatRuns(t *testing.T) {
	release := make(chan struct{})
	c := startChain(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { hold(t, release) }), false)
	idle, busy := dialPeer(t, c.front), dialPeer(t, c.front)
	busy.head(1, true, get()...)
	testenv.Eventually(t, patience, func() error {
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, conn := range c.conns {
			conn.mu.Lock()
			n := conn.busy
			conn.mu.Unlock()
			if n > 0 {
				return nil
			}
		}
		return errors.New("nothing runs")
	})
	c.each((*Conn).Drain)
	if code := idle.ended(); code != http2.ErrCodeNo {
		t.Errorf("the idle connection ended with %v", code)
	}
	busy.until(0, "last GOAWAY", func(*seen) bool { return busy.goaways == 2 })
	busy.head(3, true, get()...) // not served
	close(release)
	busy.until(1, "answer", func(s *seen) bool { return s.end && s.verdict() == "200" })
	busy.ended()
	if s := busy.over(3); len(s.status) > 0 {
		t.Errorf("a request after GOAWAY got %s", s.verdict())
	}
}

// TestCancelReachesTheTarget has clients leave before and in the middle of an answer.
func TestCancelReachesTheTarget(t *testing.T) {
	gone := make(chan string, 10)
	c := startChain(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/begun" {
			w.Write([]byte("begun"))
			w.(http.Flusher).Flush()
		}
		<-r.Context().Done()
		gone <- r.URL.Path
	}), false)
	for _, path := range []string{"/begun", "/waiting"} {
		ctx, cancel := context.WithCancel(t.Context())
		req, _ := http.NewRequestWithContext(ctx, "GET", c.url(path), nil)
		if path == "/begun" {
			res, err := c.client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			cancel()
			res.Body.Close()
		} else {
			time.AfterFunc(50*time.Millisecond, cancel)
			if _, err := c.client.Do(req); !errors.Is(err, context.Canceled) {
				t.Errorf("%s: %v", path, err)
			}
		}
		if got := next(t, gone); got != path {
			t.Errorf("target saw the end of %s, want %s", got, path)
		}
		cancel()
	}
}

// TestTargetBreaksOff has the target fail before and after its head.
func TestTargetBreaksOff(t *testing.T) {
	read := make(chan struct{})
	c := startChain(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/late" {
			w.Write([]byte("some"))
			w.(http.Flusher).Flush()
			hold(t, read)
		}
		panic(http.ErrAbortHandler)
	}), false)
	if res, err := c.client.Get(c.url("/early")); err != nil || res.StatusCode != 502 {
		t.Errorf("early: %v, %v, want a 502", res, err)
	}
	res, err := c.client.Get(c.url("/late"))
	if err != nil {
		t.Fatal(err)
	}
	some := make([]byte, 4)
	if _, err := io.ReadFull(res.Body, some); err != nil {
		t.Error(err)
	}
	close(read)
	if b, err := io.ReadAll(res.Body); len(b) > 0 || err == nil {
		t.Errorf("late: %q, %v, want an error after the first bytes", b, err)
	}
}

// TestTargetSaysGoAway drains the target's connections under load.
func TestTargetSaysGoAway(t *testing.T) {
	to := serve(t, handle(answer), false)
	c := chainTo(t, target{url: "h2c://" + to.addr}, false)
	ctx, stop := context.WithCancel(t.Context())
	var load sync.WaitGroup
	for range 8 {
		load.Go(func() {
			for ctx.Err() == nil {
				res, err := c.client.Post(c.url("/"), "", strings.NewReader("body"))
				if err != nil || res.StatusCode != 200 {
					t.Error(res, err)
					return
				}
				res.Body.Close()
			}
		})
	}
	for i := range 20 {
		testenv.Eventually(t, patience, func() error {
			to.mu.Lock()
			defer to.mu.Unlock()
			if len(to.conns) <= i || !to.conns[i].drainUsed() {
				return errors.New("no further connection")
			}
			return nil
		})
	}
	stop()
	joined(t, "the load", load.Wait)
}

// TestInterimHeads passes 103 on, and asks for a body only when it is wanted.
func TestInterimHeads(t *testing.T) {
	c := startChain(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", "</style.css>")
		w.WriteHeader(103)
		io.Copy(w, r.Body)
	}), false)
	var interims []string
	trace := &httptrace.ClientTrace{Got1xxResponse: func(code int, h textproto.MIMEHeader) error {
		interims = append(interims, fmt.Sprint(code, h.Get("Link")))
		return nil
	}}
	req, _ := http.NewRequestWithContext(httptrace.WithClientTrace(t.Context(), trace), "POST", c.url("/"), strings.NewReader("body"))
	req.Header.Set("Expect", "100-continue")
	tr := c.client.Transport.(*http2.Transport)
	res, err := tr.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(res.Body)
	if err != nil || string(b) != "body" {
		t.Errorf("%q, %v", b, err)
	}
	if got := fmt.Sprint(interims); got != "[103</style.css>]" && got != "[100 103</style.css>]" {
		t.Errorf("interim heads %s", got)
	}
	p := dialPeer(t, c.front)
	p.head(1, false, post("expect", "100-continue")...)
	p.until(1, "100 Continue", func(s *seen) bool { return len(s.status) > 0 && s.status[0] == 100 })
	p.fr.WriteData(1, true, []byte("late"))
	if s := p.over(1); string(s.body) != "late" {
		t.Errorf("%q after 100 Continue", s.body)
	}
}

// TestAnswerBeforeTheBody has the target answer without reading.
func TestAnswerBeforeTheBody(t *testing.T) {
	c := startChain(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
	}), false)
	p := dialPeer(t, c.front)
	p.head(1, false, post()...)
	p.fr.WriteData(1, false, make([]byte, 10000))
	s := p.until(1, "answer", func(s *seen) bool { return s.end })
	if s.verdict() != "413" || string(s.body) != "too large\n" {
		t.Errorf("%s %q", s.verdict(), s.body)
	}
	p.until(1, "reset", func(s *seen) bool { return s.reset != nil && *s.reset == http2.ErrCodeNo })
	p.fr.WriteData(1, false, make([]byte, 10000)) // on its way when the reset came
	p.head(3, true, get()...)
	if s := p.over(3); s.verdict() != "413" {
		t.Errorf("the next request got %s", s.verdict())
	}
}

// TestTargetThatSpeaksNoHTTP2 fails as a connect: nothing was sent.
func TestTargetThatSpeaksNoHTTP2(t *testing.T) {
	addr := listen(t, func(c net.Conn) {
		c.Write([]byte("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"))
	})
	c := chainTo(t, target{url: "h2c://" + addr}, false)
	c.chooser.Wait = briefly
	res, err := c.client.Get(c.url("/"))
	if err != nil || res.StatusCode != 502 {
		t.Errorf("%v, %v, want a 502", res, err)
	}
}
