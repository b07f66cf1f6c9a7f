package http2

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/http2"
)

// echo answers with the request's body and trailers, and tells about the rest.
func echo(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Seen", fmt.Sprintf("%s %s %s %d", r.Method, r.Host, r.RequestURI, r.ContentLength))
	for name, values := range r.Header {
		if strings.HasPrefix(name, "X-Req-") {
			w.Header()["X-Echo-"+name[6:]] = values
		}
	}
	w.Header().Set("Trailer", "X-Sum")
	w.WriteHeader(201)
	sum := sha256.New()
	io.Copy(io.MultiWriter(flushing{w}, sum), r.Body)
	w.Header().Set("X-Sum", fmt.Sprintf("%x", sum.Sum(nil)))
	for name, values := range r.Trailer {
		w.Header()[http.TrailerPrefix+"X-Back-"+name] = values
	}
}

// flushing sends every write at once.
type flushing struct{ w http.ResponseWriter }

func (f flushing) Write(p []byte) (int, error) {
	n, err := f.w.Write(p)
	f.w.(http.Flusher).Flush()
	return n, err
}

func random(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rand.Uint32())
	}
	return b
}

func TestBodiesAndTrailersPassBothWays(t *testing.T) {
	bothWays(t, func(t *testing.T, secure bool) {
		c := startChain(t, http.HandlerFunc(echo), secure)
		for _, size := range []int{0, 1, 1000, 16384, 65536, 70000, 3 << 20} {
			for _, known := range []bool{true, false} {
				t.Run(fmt.Sprintf("%d known %v", size, known), func(t *testing.T) { roundTrip(t, c, random(size), known) })
			}
		}
	})
}

func roundTrip(t *testing.T, c *chain, body []byte, known bool) {
	req, _ := http.NewRequestWithContext(t.Context(), "POST", c.url("/a/b?c=d"), bytes.NewReader(body))
	req.Host = "a.test"
	req.Header["X-Req-One"] = []string{"1", "one"}
	if !known {
		req.ContentLength = -1
		req.Body = io.NopCloser(bytes.NewReader(body))
		req.Trailer = http.Header{"X-Last": {"bye"}}
	}
	res, err := c.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	back, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	length := req.ContentLength
	if want := fmt.Sprintf("POST a.test /a/b?c=d %d", length); res.Header.Get("X-Seen") != want {
		t.Errorf("target saw %q, want %q", res.Header.Get("X-Seen"), want)
	}
	if res.StatusCode != 201 || !bytes.Equal(back, body) || fmt.Sprint(res.Header["X-Echo-One"]) != "[1 one]" {
		t.Errorf("status %d, %d bytes back of %d, echo %q", res.StatusCode, len(back), len(body), res.Header["X-Echo-One"])
	}
	if want := fmt.Sprintf("%x", sha256.Sum256(body)); res.Trailer.Get("X-Sum") != want {
		t.Errorf("trailer X-Sum %q, want %q", res.Trailer.Get("X-Sum"), want)
	}
	if !known && res.Trailer.Get("X-Back-X-Last") != "bye" {
		t.Errorf("trailers %v: the request's own did not come back", res.Trailer)
	}
}

func TestManyStreamsAtOnce(t *testing.T) {
	bothWays(t, func(t *testing.T, secure bool) {
		c := startChain(t, http.HandlerFunc(echo), secure)
		var all sync.WaitGroup
		for i := range 400 {
			all.Go(func() { roundTrip(t, c, random(i*100), i%2 == 0) })
		}
		joined(t, "a round trip", all.Wait)
	})
}

func TestHeadNoContentAndNotModified(t *testing.T) {
	c := startChain(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/204":
			w.WriteHeader(204)
		case "/304":
			w.WriteHeader(304)
		default:
			w.Header().Set("Content-Length", "12345")
			w.WriteHeader(200)
		}
	}), false)
	for _, tt := range []struct {
		method, path string
		status       int
		length       int64
	}{{"HEAD", "/", 200, 12345}, {"GET", "/204", 204, 0}, {"GET", "/304", 304, 0}} {
		req, _ := http.NewRequestWithContext(t.Context(), tt.method, c.url(tt.path), nil)
		res, err := c.client.Do(req)
		if err != nil {
			t.Fatal(tt, err)
		}
		body, err := io.ReadAll(res.Body)
		if err != nil || len(body) > 0 || res.StatusCode != tt.status || res.ContentLength != tt.length {
			t.Errorf("%v: status %d length %d, %d bytes, %v", tt, res.StatusCode, res.ContentLength, len(body), err)
		}
	}
}

func TestLargeHeads(t *testing.T) {
	big := strings.Repeat("v", 20000)
	c := startChain(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Two", r.Header.Get("X-One"))
	}), false)
	for _, tt := range []struct{ size, status int }{{100, 200}, {20000, 200}, {50000, 200}, {70000, 431}} {
		req, _ := http.NewRequestWithContext(t.Context(), "GET", c.url("/"), nil)
		req.Header.Set("X-One", strings.Repeat(big, 4)[:tt.size])
		client := c.client.Transport.(*http2.Transport)
		client.MaxHeaderListSize = 1 << 20
		res, err := client.RoundTrip(req)
		if tt.status == 431 { // the client keeps to the limit that it was told
			if err == nil {
				t.Errorf("%d bytes: status %d, want an error of the client", tt.size, res.StatusCode)
			}
			continue
		}
		if err != nil {
			t.Fatal(tt, err)
		}
		res.Body.Close()
		if res.StatusCode != tt.status || len(res.Header.Get("X-Two")) != tt.size {
			t.Errorf("%d bytes: status %d, %d back", tt.size, res.StatusCode, len(res.Header.Get("X-Two")))
		}
	}
}

// TestTinyWindows has both a client and a target that take a few bytes at a time.
func TestTinyWindows(t *testing.T) {
	bothWays(t, func(t *testing.T, secure bool) {
		tiny := &http.HTTP2Config{MaxReceiveBufferPerStream: 100, MaxReceiveBufferPerConnection: 65536}
		c := chainTo(t, startTarget(t, http.HandlerFunc(echo), secure, func(srv *http.Server) { srv.HTTP2 = tiny }), secure)
		tr := &http.Transport{HTTP2: tiny, Protocols: &http.Protocols{}, TLSClientConfig: c.conf}
		tr.Protocols.SetHTTP2(secure)
		tr.Protocols.SetUnencryptedHTTP2(!secure)
		t.Cleanup(tr.CloseIdleConnections)
		c.client = &http.Client{Transport: tr, Timeout: lifetime}
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() { roundTrip(t, c, random(40000), false) })
		}
		joined(t, "a round trip", all.Wait)
	})
}
