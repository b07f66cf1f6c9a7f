package http2

import (
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"weir/internal/testenv"
)

// TestMoreConnectionsOnlyWhenAllAreFull sends 40 requests at once to a target
// that takes 10 on a connection, and 400 to one that allows no more than 16.
func TestMoreConnectionsOnlyWhenAllAreFull(t *testing.T) {
	for _, tt := range []struct{ requests, most int }{{10, 1}, {40, 4}, {400, 16}} {
		var open, peak, conns atomic.Int32
		release := make(chan struct{})
		to := startTarget(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			peak.Store(max(peak.Load(), open.Add(1)))
			hold(t, release)
			open.Add(-1)
		}), false, func(srv *http.Server) {
			srv.HTTP2.MaxConcurrentStreams = 10
			srv.ConnState = func(_ net.Conn, s http.ConnState) {
				if s == http.StateNew {
					conns.Add(1)
				}
			}
		})
		c := chainTo(t, to, false)
		var all sync.WaitGroup
		for range tt.requests {
			all.Go(func() {
				res, err := newClient(t, c.front).RoundTrip(mustGet(t, c.url("/")))
				if err != nil || res.StatusCode != 200 {
					t.Error(res, err)
					return
				}
				res.Body.Close()
			})
		}
		want := int32(min(tt.requests, tt.most*10))
		testenv.Eventually(t, patience, func() error { return atLeast(open.Load(), want) })
		close(release)
		joined(t, "a request", all.Wait)
		if n := conns.Load(); n > int32(tt.most) || peak.Load() > int32(tt.most)*10 {
			t.Errorf("%d requests: %d connections, %d at once, at most %d connections of 10", tt.requests, n, peak.Load(), tt.most)
		}
	}
}

type tooFew struct{ have, want int32 }

func (e tooFew) Error() string { return "too few are open" }

func atLeast(have, want int32) error {
	if have < want {
		return tooFew{have, want}
	}
	return nil
}

func mustGet(t *testing.T, url string) *http.Request {
	req, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// TestRequestsThatWereNotActedOnAreSentAgain, and others are not.
func TestSentAgain(t *testing.T) {
	refuse := func(fr *http2.Framer, id uint32) { fr.WriteRSTStream(id, http2.ErrCodeRefusedStream) }
	for _, tt := range []struct {
		name, method string
		do           script
		status       int
	}{
		{"refused once", "POST", func(fr *http2.Framer, n int, id uint32) bool {
			if id == 1 {
				refuse(fr, id)
				return true
			}
			return ok(fr, id)
		}, 200},
		{"refused always", "GET", func(fr *http2.Framer, n int, id uint32) bool { refuse(fr, id); return true }, 502},
		{"goaway below", "POST", func(fr *http2.Framer, n int, id uint32) bool {
			if n == 1 {
				fr.WriteGoAway(id-1, http2.ErrCodeNo, nil)
				return true
			}
			return ok(fr, id)
		}, 200},
		{"first connection dies under a get", "GET", func(fr *http2.Framer, n int, id uint32) bool { return n > 1 && ok(fr, id) }, 200},
		{"first connection dies under a post", "POST", func(fr *http2.Framer, n int, id uint32) bool { return n > 1 && ok(fr, id) }, 502},
		{"used connection dies under a get", "GET", func(fr *http2.Framer, n int, id uint32) bool { return (n > 1 || id == 1) && ok(fr, id) }, 200},
		{"used connection dies under a post", "POST", func(fr *http2.Framer, n int, id uint32) bool { return (n > 1 || id == 1) && ok(fr, id) }, 502},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := chainTo(t, startScript(t, tt.do), false)
			if tt.name == "refused always" {
				c.chooser.Wait = briefly
			}
			if tt.name[:4] == "used" {
				if res, err := c.client.Get(c.url("/")); err != nil || res.StatusCode != 200 {
					t.Fatal(res, err)
				}
			}
			req, _ := http.NewRequestWithContext(t.Context(), tt.method, c.url("/"), nil)
			res, err := c.client.Do(req)
			if err != nil || res.StatusCode != tt.status {
				t.Errorf("%v, %v, want status %d", res, err, tt.status)
			}
		})
	}
}

// TestBadAnswers are answers that break a rule: the client gets a 502, or
// notices that the answer is not whole.
func TestBadAnswers(t *testing.T) {
	enc := func(kv ...string) []byte { return (&peer{}).encode(kv...) }
	head := func(fr *http2.Framer, id uint32, end bool, kv ...string) {
		fr.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: enc(kv...), EndHeaders: true, EndStream: end})
	}
	for name, do := range map[string]func(fr *http2.Framer, id uint32){
		"no status":       func(fr *http2.Framer, id uint32) { head(fr, id, true, "a", "b") },
		"two statuses":    func(fr *http2.Framer, id uint32) { head(fr, id, true, ":status", "200", ":status", "200") },
		"bad status":      func(fr *http2.Framer, id uint32) { head(fr, id, true, ":status", "2x0") },
		"switching":       func(fr *http2.Framer, id uint32) { head(fr, id, false, ":status", "101") },
		"upper-case name": func(fr *http2.Framer, id uint32) { head(fr, id, true, ":status", "200", "Foo", "b") },
		"line break":      func(fr *http2.Framer, id uint32) { head(fr, id, true, ":status", "200", "foo", "b\r\nx: y") },
		"two lengths": func(fr *http2.Framer, id uint32) {
			head(fr, id, true, ":status", "200", "content-length", "1", "content-length", "2")
		},
		"length and no body": func(fr *http2.Framer, id uint32) { head(fr, id, true, ":status", "200", "content-length", "5") },
		"push": func(fr *http2.Framer, id uint32) {
			fr.WritePushPromise(http2.PushPromiseParam{StreamID: id, PromiseID: 2, BlockFragment: enc(":status", "200"), EndHeaders: true})
		},
		"data first": func(fr *http2.Framer, id uint32) {
			fr.WriteData(id, true, []byte("x"))
			fr.WriteRSTStream(id, http2.ErrCodeCancel)
		},
		"too many interims": func(fr *http2.Framer, id uint32) {
			for range 3000 {
				head(fr, id, false, ":status", "103")
			}
			fr.WriteRSTStream(id, http2.ErrCodeCancel)
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := chainTo(t, startScript(t, func(fr *http2.Framer, n int, id uint32) bool { do(fr, id); return true }), false)
			p := dialPeer(t, c.front)
			p.head(1, true, post()...)
			if s := p.over(1); s.verdict() != "502" {
				t.Errorf("the client got %s, want 502", s.verdict())
			}
		})
	}
}

// TestAnswersThatAreNotWhole break a rule after their head: the client must not
// take them for whole, nor see what is not of the answer.
func TestAnswersThatAreNotWhole(t *testing.T) {
	for name, tt := range map[string]struct {
		method, status string
		more           []string // fields
		body           string
	}{
		"shorter than announced":   {"POST", "200", []string{"content-length", "5"}, "abc"},
		"longer than announced":    {"POST", "200", []string{"content-length", "2"}, "abc"},
		"body in answer to HEAD":   {"HEAD", "200", []string{"content-length", "3"}, "abc"},
		"body of no content":       {"GET", "204", nil, "abc"},
		"body of not modified":     {"GET", "304", nil, "abc"},
		"announced for no content": {"GET", "204", []string{"content-length", "3"}, "abc"},
	} {
		t.Run(name, func(t *testing.T) {
			c := chainTo(t, startScript(t, func(fr *http2.Framer, n int, id uint32) bool {
				fr.WriteHeaders(http2.HeadersFrameParam{StreamID: id, EndHeaders: true,
					BlockFragment: (&peer{}).encode(append([]string{":status", tt.status}, tt.more...)...)})
				fr.WriteData(id, true, []byte(tt.body))
				return true
			}), false)
			p := dialPeer(t, c.front)
			p.head(1, true, ":method", tt.method, ":scheme", "https", ":path", "/", ":authority", "a.test")
			s := p.until(1, "reset", func(s *seen) bool { return s.reset != nil })
			if s.end || len(s.body) > 2 || tt.status == "204" && s.fields["content-length"] != "" {
				t.Errorf("got %+v", s)
			}
		})
	}
}

// encode is block with a fresh table.
func (p *peer) encode(kv ...string) []byte {
	p.enc = hpack.NewEncoder(&p.buf)
	return p.block(kv...)
}
