package http2

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/http2"

	"weir/internal/testenv"
	"weir/proxy/exchange"
)

// TestUploadStopsWhenNobodyReads sends more than a window to a handler that
// does not read, and then lets it read.
func TestUploadStopsWhenNobodyReads(t *testing.T) {
	read := make(chan struct{})
	got := make(chan int, 1)
	f := serve(t, handle(func(x *exchange.Exchange) bool {
		hold(t, read)
		b, err := io.ReadAll(x.Body)
		if err != nil {
			t.Error(err)
		}
		got <- len(b)
		return answer(x)
	}), false)
	body := random(1 << 20)
	var sent atomic.Int64
	req, _ := http.NewRequestWithContext(t.Context(), "POST", "http://"+f.addr+"/", io.TeeReader(bytes.NewReader(body), counter{&sent}))
	done := make(chan error, 1)
	go func() {
		res, err := newClient(t, f).RoundTrip(req)
		if err == nil {
			res.Body.Close()
		}
		done <- err
	}()
	held := 0
	soon(t, "the window is not used up", func() bool {
		f.each(func(c *Conn) {
			c.mu.Lock()
			defer c.mu.Unlock()
			for _, s := range c.streams {
				held = len(s.in)
			}
		})
		return sent.Load() >= streamWindow && held >= streamWindow
	})
	if held > streamWindow {
		t.Errorf("%d bytes held for a reader that does not read, want at most %d", held, streamWindow)
	}
	close(read)
	if n := next(t, got); n != len(body) {
		t.Errorf("handler read %d bytes, want %d", n, len(body))
	}
	if err := next(t, done); err != nil {
		t.Error(err)
	}
}

type counter struct{ n *atomic.Int64 }

func (c counter) Write(p []byte) (int, error) { c.n.Add(int64(len(p))); return len(p), nil }

// TestSlowReaderHoldsNobodyUp has one stream whose window stays shut while
// others on the same connections go through.
func TestSlowReaderHoldsNobodyUp(t *testing.T) {
	big := random(4 << 20)
	c := startChain(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write(big) }), false)
	slow := dialPeer(t, c.front, http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1000})
	for id := uint32(1); id < 100; id += 2 {
		slow.head(id, true, get()...)
	}
	slow.until(1, "first bytes", func(s *seen) bool { return len(s.body) == 1000 })
	for range 3 {
		res, err := c.client.Get(c.url("/"))
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(res.Body)
		if err != nil || !bytes.Equal(b, big) {
			t.Errorf("%d bytes of %d, %v", len(b), len(big), err)
		}
	}
	slow.fr.WriteWindowUpdate(0, 8<<20)
	slow.fr.WriteWindowUpdate(1, 8<<20)
	if s := slow.over(1); !bytes.Equal(s.body, big) {
		t.Errorf("%d bytes of %d after the window opened", len(s.body), len(big))
	}
}

// TestWindowMayBecomeNegative shrinks the window below what is under way.
func TestWindowMayBecomeNegative(t *testing.T) {
	c := startChain(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write(make([]byte, 3000)) }), false)
	p := dialPeer(t, c.front, http2.Setting{ID: http2.SettingInitialWindowSize, Val: 2000})
	p.head(1, true, get()...)
	p.until(1, "first bytes", func(s *seen) bool { return len(s.body) == 2000 })
	p.fr.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 500})
	p.fr.WriteWindowUpdate(1, 1500) // the window is 0 now
	p.fr.WriteWindowUpdate(1, 400)
	if s := p.until(1, "more", func(s *seen) bool { return len(s.body) > 2000 }); len(s.body) != 2400 {
		t.Errorf("%d bytes, the windows allow 2400", len(s.body))
	}
	p.fr.WriteWindowUpdate(1, 600)
	if s := p.over(1); len(s.body) != 3000 || !s.end {
		t.Errorf("%d bytes, end %v, want 3000 and the end", len(s.body), s.end)
	}
}

// TestTimeLimits lets a client be slow in one way each and the clock run.
func TestTimeLimits(t *testing.T) {
	for _, tt := range []struct {
		name  string
		send  func(p *peer)
		after time.Duration
		gone  bool // the connection, else the stream
	}{
		{"no request", func(p *peer) {}, 61 * time.Second, true},
		{"head without an end", func(p *peer) {
			p.fr.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: p.block(get()...)})
		}, 6 * time.Second, true},
		{"body that does not come", func(p *peer) { p.head(1, false, post()...) }, 61 * time.Second, false},
		{"announced empty body without an end", func(p *peer) { p.head(1, false, post("content-length", "0")...) }, 6 * time.Second, false},
		{"answer that is not read", func(p *peer) { p.head(1, true, get()...) }, 61 * time.Second, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := serve(t, handle(answer), false)
			p := dialPeer(t, f, http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1})
			tt.send(p)
			p.fr.WritePing(false, [8]byte{})
			testenv.Eventually(t, patience, func() error { // all of it was read
				p.mu.Lock()
				defer p.mu.Unlock()
				if p.pongs == 0 && tt.name != "head without an end" {
					return errors.New("no pong")
				}
				return nil
			})
			testenv.Eventually(t, patience, func() error {
				f.each(func(c *Conn) { c.Tick(time.Now().Add(tt.after)) })
				if p.mu.Lock(); p.stream(1).reset != nil || p.closed {
					p.mu.Unlock()
					return nil
				}
				p.mu.Unlock()
				return errors.New("nothing was ended")
			})
			if p.isClosed() != tt.gone {
				t.Errorf("connection closed: %v, want %v", !tt.gone, tt.gone)
			}
		})
	}
}

// TestSilentConnection ends a connection that sends no preface.
func TestSilentConnection(t *testing.T) {
	f := serve(t, handle(answer), false)
	c, err := net.Dial("tcp", f.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	testenv.Eventually(t, patience, func() error {
		f.each(func(c *Conn) { c.Tick(time.Now().Add(6 * time.Second)) })
		c.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
		if _, err := c.Read(make([]byte, 100)); err == io.EOF {
			return nil
		}
		return errors.New("still open")
	})
}
