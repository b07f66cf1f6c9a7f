package app

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"weir/internal/testenv"
)

// page is what a target of these tests serves: text with an ETag and ranges at
// /page, without a known length and with trailers at /stream, and parts that wait
// for the client at /wait and /events.
func page(t *testing.T, next <-chan struct{}) (text string, h http.Handler) {
	var b strings.Builder
	for b.Len() < 300_000 {
		fmt.Fprintf(&b, "<li>item %d</li>\n", rand.IntN(1000))
	}
	text = b.String()
	wait := func(kind string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", kind)
			for range 3 {
				io.WriteString(w, "data: x\n\n")
				w.(http.Flusher).Flush()
				testenv.Next(t, 30*time.Second, "sign of the client", next)
			}
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/page", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"1"`)
		http.ServeContent(w, r, "page.html", time.Time{}, strings.NewReader(text))
	})
	mux.HandleFunc("/stream", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Trailer", "Sum")
		for rest := text; rest != ""; {
			n := min(len(rest), 1+rand.IntN(50_000))
			io.WriteString(w, rest[:n])
			rest = rest[n:]
		}
		w.Header().Set("Sum", "1")
	})
	mux.HandleFunc("/wait", wait("text/plain"))
	mux.HandleFunc("/events", wait("text/event-stream"))
	return text, mux
}

// compressing is a weir in front of such a target, and a client of it; both speak
// HTTP/1.1, or all HTTP/2.
func compressing(t *testing.T, h2 bool, h http.Handler, args ...string) (url string, client *http.Client) {
	t.Helper()
	protocols := &http.Protocols{}
	protocols.SetHTTP1(!h2)
	protocols.SetUnencryptedHTTP2(h2)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	target := &http.Server{Handler: h, Protocols: protocols}
	served := make(chan error, 1)
	go func() { served <- target.Serve(ln) }()
	t.Cleanup(func() { target.Close(); <-served })
	scheme := map[bool]string{false: "http", true: "h2c"}[h2]
	args = append([]string{"-proxy.gzip.contenttype=^(text/.*|application/json)", "-proxy.h2c=true",
		"-registry.static.routes", fmt.Sprintf("route add web / %s://%s/", scheme, ln.Addr())}, args...)
	at := run(t, configured(t, args...))
	tr := &http.Transport{Protocols: protocols, DisableCompression: true}
	t.Cleanup(tr.CloseIdleConnections)
	return "http://" + at.Listeners[0].String(), &http.Client{Transport: tr, Timeout: time.Minute}
}

// get asks and returns the answer, whose body ends with the test.
func get(t *testing.T, client *http.Client, method, url string, fields ...string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(fields); i += 2 {
		req.Header.Set(fields[i], fields[i+1])
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	return resp
}

// decoded reads a body by its Content-Encoding.
func decoded(resp *http.Response) (io.Reader, error) {
	switch as := resp.Header.Get("Content-Encoding"); as {
	case "gzip":
		return gzip.NewReader(resp.Body)
	case "br":
		return brotli.NewReader(resp.Body), nil
	case "zstd":
		return zstd.NewReader(resp.Body, zstd.WithDecoderConcurrency(1))
	case "":
		return resp.Body, nil
	default:
		return nil, errors.New(as)
	}
}

// TestAnswersAreCompressed the same on HTTP/1.1 and HTTP/2.
func TestAnswersAreCompressed(t *testing.T) {
	for _, h2 := range []bool{false, true} {
		next := make(chan struct{})
		text, handler := page(t, next)
		url, client := compressing(t, h2, handler)
		for _, c := range []struct {
			method, path, accept, field, value string
			status                             int
			coding, etag                       string
			body                               string
		}{
			{"GET", "/page", "gzip", "X", "", 200, "gzip", `W/"1"`, text},
			{"GET", "/page", "br", "X", "", 200, "br", `W/"1"`, text},
			{"GET", "/page", "gzip, deflate, br, zstd", "X", "", 200, "zstd", `W/"1"`, text},
			{"GET", "/page", "gzip;q=0", "X", "", 200, "", `"1"`, text},
			{"GET", "/page", "gzip", "Range", "bytes=5-8", 206, "", `"1"`, text[5:9]},
			{"GET", "/page", "gzip", "If-None-Match", `W/"1"`, 304, "", `"1"`, ""},
			{"HEAD", "/page", "gzip", "X", "", 200, "", `"1"`, ""},
			{"GET", "/stream", "gzip", "X", "", 200, "gzip", "", text},
			{"GET", "/stream", "br", "X", "", 200, "br", "", text},
			{"GET", "/stream", "zstd", "X", "", 200, "zstd", "", text},
			{"GET", "/stream", "identity", "X", "", 200, "", "", text},
			{"GET", "/none", "gzip", "X", "", 404, "", "", "404 page not found\n"},
		} {
			name := fmt.Sprintf("h2 %v: %s %s %s %s", h2, c.method, c.path, c.accept, c.value)
			resp := get(t, client, c.method, url+c.path, "Accept-Encoding", c.accept, c.field, c.value)
			from, err := decoded(resp)
			if err != nil {
				t.Fatal(name, err)
			}
			body, err := io.ReadAll(from)
			if err != nil || string(body) != c.body || resp.StatusCode != c.status {
				t.Errorf("%s: %v, %s, %d bytes, want %d with %d", name, err, resp.Status, len(body), c.status, len(c.body))
			}
			if as, etag := resp.Header.Get("Content-Encoding"), resp.Header.Get("ETag"); as != c.coding || etag != c.etag {
				t.Errorf("%s: Content-Encoding %q, ETag %q, want %q, %q", name, as, etag, c.coding, c.etag)
			}
			if varies := resp.Header.Get("Vary") == "Accept-Encoding"; varies != (len(c.body) > 1000 || c.method == "HEAD") {
				t.Errorf("%s: Vary: %q", name, resp.Header.Get("Vary"))
			}
			if io.Copy(io.Discard, resp.Body); c.path == "/stream" && resp.Trailer.Get("Sum") != "1" {
				t.Errorf("%s: trailers %v", name, resp.Trailer)
			}
		}
	}
}

// TestWhatComesInPartsIsSentInParts, compressed or not: the target waits until the
// client has seen each of them.
func TestWhatComesInPartsIsSentInParts(t *testing.T) {
	for _, h2 := range []bool{false, true} {
		next := make(chan struct{})
		_, handler := page(t, next)
		url, client := compressing(t, h2, handler)
		for path, codings := range map[string][]string{"/wait": {"gzip", "br", "zstd"}, "/events": {""}} {
			for _, coding := range codings {
				resp := get(t, client, "GET", url+path, "Accept-Encoding", coding)
				from, err := decoded(resp)
				if err != nil || resp.Header.Get("Content-Encoding") != coding {
					t.Fatal(err, path, coding, resp.Header)
				}
				part := make([]byte, len("data: x\n\n"))
				for range 3 {
					if _, err := io.ReadFull(from, part); err != nil || string(part) != "data: x\n\n" {
						t.Fatalf("h2 %v: %s %s: %q, %v", h2, path, coding, part, err)
					}
					next <- struct{}{}
				}
				if rest, err := io.ReadAll(from); err != nil || len(rest) > 0 {
					t.Errorf("h2 %v: %s %s ends with %q, %v", h2, path, coding, rest, err)
				}
			}
		}
	}
}

// TestACompressedAnswerThatBreaksOff is seen to do so by the client.
func TestACompressedAnswerThatBreaksOff(t *testing.T) {
	for _, h2 := range []bool{false, true} {
		url, client := compressing(t, h2, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			w.Write(bytes.Repeat([]byte("x"), 100_000))
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}))
		resp := get(t, client, "GET", url, "Accept-Encoding", "gzip")
		if _, err := io.Copy(io.Discard, resp.Body); err == nil || resp.Header.Get("Content-Encoding") != "gzip" {
			t.Errorf("h2 %v: the answer seems whole: %v %v", h2, err, resp.Header)
		}
		resp = get(t, client, "GET", url, "Accept-Encoding", "") // and weir goes on
		if resp.StatusCode != 200 {
			t.Errorf("h2 %v: then %s", h2, resp.Status)
		}
	}
}
