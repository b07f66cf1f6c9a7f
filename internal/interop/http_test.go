package interop

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/http2"

	"weir/internal/testenv"
)

// TestHTTP talks HTTP over every pair of versions, with TLS and without, to
// net/http on both ends.
func TestHTTP(t *testing.T) {
	for _, scheme := range []string{"http", "https", "h2c", "h2"} {
		w := startWeir(t, fmt.Sprintf(`route add test %s/ %s://%s/ opts "tlsskipverify=true"`, host, scheme, startTarget(t, scheme)))
		for _, front := range []struct {
			name          string
			secure, http2 bool
		}{{"HTTP/1.1", false, false}, {"HTTP/1.1 over TLS", true, false}, {"HTTP/2", false, true}, {"HTTP/2 over TLS", true, true}} {
			t.Run(front.name+" to "+scheme, func(t *testing.T) {
				client := newClient(t, w, front.secure, front.http2)
				client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
				for _, e := range exchanges {
					t.Run(e.name, func(t *testing.T) {
						ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
						defer cancel()
						e.talk(t, ctx, client)
					})
				}
			})
		}
	}
}

// startTarget runs net/http with the handler of all exchanges.
func startTarget(t *testing.T, scheme string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: http.HandlerFunc(serveExchange), Protocols: &http.Protocols{}, ErrorLog: log.New(io.Discard, "", 0),
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{testenv.NewCert(t, host).TLS}}}
	srv.Protocols.SetHTTP1(scheme == "http" || scheme == "https")
	srv.Protocols.SetHTTP2(scheme == "h2")
	srv.Protocols.SetUnencryptedHTTP2(scheme == "h2c")
	if err := http2.ConfigureServer(srv, nil); err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		if scheme == "https" || scheme == "h2" {
			srv.ServeTLS(l, "", "")
		} else {
			srv.Serve(l)
		}
	})
	t.Cleanup(func() { srv.Close(); serving.Wait() })
	return l.Addr().String()
}

// serveExchange does what the path says.
func serveExchange(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/echo":
		w.Header().Set("Trailer", "X-Done")
		w.Header().Set("X-Length", fmt.Sprint(r.ContentLength))
		http.NewResponseController(w).EnableFullDuplex()
		buf := make([]byte, 32<<10)
		for {
			n, err := r.Body.Read(buf)
			w.Write(buf[:n])
			w.(http.Flusher).Flush()
			if err != nil {
				break
			}
		}
		w.Header().Set("X-Done", "yes")
		for name, values := range r.Trailer {
			w.Header()[http.TrailerPrefix+"X-Back-"+name] = values
		}
	case "/early-hints":
		w.Header().Set("Link", "</style.css>")
		w.WriteHeader(http.StatusEarlyHints)
		io.Copy(w, r.Body)
	case "/fields":
		fmt.Fprint(w, r.Method, r.Host, r.RequestURI, r.Header["X-Many"], r.Header["Cookie"])
		w.Header().Set("X-Late", "never seen")
	case "/too-large":
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
	case "/abort":
		w.Write([]byte("some"))
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	case "/204", "/304":
		status := map[string]int{"/204": 204, "/304": 304}[r.URL.Path]
		w.Header().Set("Etag", `"e"`)
		w.WriteHeader(status)
	default:
		w.Header().Set("Content-Length", "12345")
		w.Write(make([]byte, 12345))
	}
}

// exchanges are requests with what is seen of their answers.
var exchanges = []struct {
	name string
	talk func(*testing.T, context.Context, *http.Client)
}{
	{"bodies of all sizes", bodies},
	{"both ways at once", bothWays},
	{"trailers", trailers},
	{"early hints and 100 Continue", earlyHints},
	{"no body", noBody},
	{"many fields", fields},
	{"answer before the body", earlyAnswer},
	{"answer that breaks off", brokenAnswer},
}

func ask(t *testing.T, ctx context.Context, client *http.Client, method, path string, body io.Reader, set ...func(*http.Request)) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, "http://"+host+path, body)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range set {
		s(req)
	}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	return res
}

func all(t *testing.T, res *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("after %d bytes: %v", len(b), err)
	}
	return string(b)
}

func bodies(t *testing.T, ctx context.Context, client *http.Client) {
	for _, size := range []int{0, 1, 1000, 16384, 65535, 65536, 300000, 3 << 20} {
		for _, known := range []bool{true, false} {
			body := bytes.Repeat([]byte("0123456789abcde\n"), size/16+1)[:size]
			res := ask(t, ctx, client, "POST", "/echo", bytes.NewReader(body), func(r *http.Request) {
				if !known {
					r.Body, r.ContentLength = io.NopCloser(r.Body), -1
				}
			})
			if got := all(t, res); got != string(body) {
				t.Errorf("%d of %d bytes came back", len(got), size)
			}
			if length := res.Header.Get("X-Length"); known && length != fmt.Sprint(size) {
				t.Errorf("the target was told of %s bytes, want %d", length, size)
			}
		}
	}
}

func bothWays(t *testing.T, ctx context.Context, client *http.Client) {
	r, w := io.Pipe()
	go io.WriteString(w, "line 0\n") // the first answer waits for it
	res := ask(t, ctx, client, "POST", "/echo", r)
	buf := make([]byte, 100)
	for i := range 20 {
		want := fmt.Sprintf("line %d\n", i)
		if n, err := io.ReadFull(res.Body, buf[:len(want)]); err != nil || string(buf[:n]) != want {
			t.Fatalf("%q, %v, want %q", buf[:n], err, want)
		}
		if _, err := fmt.Fprintf(w, "line %d\n", i+1); err != nil {
			t.Fatal(err)
		}
	}
	w.Close()
	if rest := all(t, res); rest != "line 20\n" {
		t.Errorf("the end is %q", rest)
	}
}

func trailers(t *testing.T, ctx context.Context, client *http.Client) {
	res := ask(t, ctx, client, "POST", "/echo", strings.NewReader("body"), func(r *http.Request) {
		r.ContentLength = -1
		r.Trailer = http.Header{"X-Sum": {"1", "2"}}
	})
	if got := all(t, res); got != "body" || res.Trailer.Get("X-Done") != "yes" || fmt.Sprint(res.Trailer["X-Back-X-Sum"]) != "[1 2]" {
		t.Errorf("%q, trailers %v", got, res.Trailer)
	}
}

func earlyHints(t *testing.T, ctx context.Context, client *http.Client) {
	var hints []string
	trace := &httptrace.ClientTrace{Got1xxResponse: func(code int, h textproto.MIMEHeader) error {
		if code == http.StatusEarlyHints {
			hints = append(hints, h.Get("Link"))
		}
		return nil
	}}
	res := ask(t, httptrace.WithClientTrace(ctx, trace), client, "POST", "/early-hints", strings.NewReader("late"), func(r *http.Request) {
		r.Header.Set("Expect", "100-continue")
	})
	if got := all(t, res); got != "late" || !slices.Equal(hints, []string{"</style.css>"}) {
		t.Errorf("%q, hints %q", got, hints)
	}
}

func noBody(t *testing.T, ctx context.Context, client *http.Client) {
	for _, tt := range []struct {
		method, path string
		status       int
		length       int64
	}{{"HEAD", "/", 200, 12345}, {"GET", "/204", 204, 0}, {"GET", "/304", 304, -1}, {"HEAD", "/204", 204, -1}, {"GET", "/", 200, 12345}} {
		res := ask(t, ctx, client, tt.method, tt.path, nil)
		got := len(all(t, res))
		if tt.length >= 0 && res.ContentLength != tt.length || res.StatusCode != tt.status || got > 0 && tt.path != "/" {
			t.Errorf("%s %s: status %d, length %d, %d bytes", tt.method, tt.path, res.StatusCode, res.ContentLength, got)
		}
		if tt.path != "/" && res.Header.Get("Etag") != `"e"` {
			t.Errorf("%s %s: fields %v", tt.method, tt.path, res.Header)
		}
	}
}

func fields(t *testing.T, ctx context.Context, client *http.Client) {
	res := ask(t, ctx, client, "PATCH", "/fields?a=b&c=%20;d", nil, func(r *http.Request) {
		r.Header["X-Many"] = []string{"1", "", strings.Repeat("long", 5000)}
		r.Header["Cookie"] = []string{"a=1; b=2; c=3"}
	})
	want := fmt.Sprint("PATCH", host, "/fields?a=b&c=%20;d", []string{"1", "", strings.Repeat("long", 5000)}, []string{"a=1; b=2; c=3"})
	if got := all(t, res); got != want {
		t.Errorf("%.200s, want %.200s", got, want)
	}
}

func earlyAnswer(t *testing.T, ctx context.Context, client *http.Client) {
	const size = 400 << 10
	res := ask(t, ctx, client, "POST", "/too-large", io.LimitReader(endless{}, size), func(r *http.Request) { r.ContentLength = size })
	if got := all(t, res); res.StatusCode != 413 || got != "too large\n" {
		t.Errorf("status %d, %q", res.StatusCode, got)
	}
}

// endless is a body without end.
type endless struct{}

func (endless) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func brokenAnswer(t *testing.T, ctx context.Context, client *http.Client) {
	res := ask(t, ctx, client, "GET", "/abort", nil)
	if b, err := io.ReadAll(res.Body); err == nil {
		t.Errorf("%q looks whole", b)
	}
	if again := ask(t, ctx, client, "GET", "/", nil); len(all(t, again)) != 12345 {
		t.Error("the next request fails")
	}
}
