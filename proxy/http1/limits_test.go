package http1

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"weir/proxy/exchange"
)

// limited has the time limits of lim, and time pass by w.pass only.
func limited(lim exchange.Limits) option {
	return func(w *world, tr *Transport) {
		w.now = time.Now()
		lim.HeaderBytes, lim.HeaderFields, lim.URIBytes = tr.Limits.HeaderBytes, tr.Limits.HeaderFields, tr.Limits.URIBytes
		w.engine.Limits, tr.Limits = lim, lim
	}
}

// limitedTargets is limited, with lim.Header for the heads of targets.
func limitedTargets(lim exchange.Limits) option {
	return func(w *world, tr *Transport) {
		limited(lim)(w, tr)
		tr.ResponseHeader = lim.Header
	}
}

// pass lets d pass.
func (w *world) pass(d time.Duration) {
	w.now = w.now.Add(d)
	w.each(func(c *Conn) error { c.Tick(w.now); return nil })
	w.pool.Tick(w.now)
}

// passUntil lets time pass, d after d, until end has been closed.
func (w *world) passUntil(t *testing.T, d time.Duration, end chan struct{}) {
	t.Helper()
	eventually(t, func() bool {
		w.pass(d)
		select {
		case <-end:
			return true
		default:
			return false
		}
	})
}

// rest reads c to its end on a goroutine; got is good once end is closed.
func rest(c net.Conn) (got *strings.Builder, failed *error, end chan struct{}) {
	got, failed, end = new(strings.Builder), new(error), make(chan struct{})
	go func() {
		defer close(end)
		_, *failed = io.Copy(got, c)
	}()
	return got, failed, end
}

// TestClientsThatTakeTooLong shows what becomes of a client that sends so much
// and then nothing, while the target answers at once.
func TestClientsThatTakeTooLong(t *testing.T) {
	post := "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 10\r\n\r\n"
	for name, c := range map[string]struct {
		limits exchange.Limits
		sends  string
		want   []string // statuses
	}{
		"nothing":                {exchange.Limits{Idle: time.Minute}, "", nil},
		"half a first line":      {exchange.Limits{Header: time.Minute}, "GET /", []string{"408"}},
		"half a head":            {exchange.Limits{Header: time.Minute}, "GET / HTTP/1.1\r\nHost: a", []string{"408"}},
		"an empty line":          {exchange.Limits{Header: time.Minute}, "\r\n", []string{"408"}},
		"a request":              {exchange.Limits{Idle: time.Minute}, fmt.Sprintf(get, ""), []string{"200"}},
		"a request and a half":   {exchange.Limits{Header: time.Minute}, fmt.Sprintf(get, "") + "GET", []string{"200", "408"}},
		"a head without a body":  {exchange.Limits{Body: time.Minute}, post, []string{"408"}},
		"half a body":            {exchange.Limits{Body: time.Minute}, post + "hello", []string{"408"}},
		"half a chunk":           {exchange.Limits{Body: time.Minute}, "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhello", []string{"408"}},
		"half a body, in all":    {exchange.Limits{Request: time.Minute}, post + "hello", []string{"504"}},
		"a body it must ask for": {exchange.Limits{Body: time.Minute}, "POST / HTTP/1.1\r\nHost: a.test\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n", []string{"100", "408"}},
	} {
		for kind, options := range map[string][]option{"plain": nil, "tls": {overTLS(t)}} {
			t.Run(name+" "+kind, func(t *testing.T) {
				limits := c.limits
				if name == "nothing" && kind == "tls" {
					limits = exchange.Limits{Header: time.Minute} // which begins with the handshake
				}
				b := serveRaw(t, echo)
				w := start(t, "http://"+b.addr, append(options, limited(limits))...)
				conn := w.dial(t)
				io.WriteString(conn, c.sends)
				got, failed, end := rest(conn)
				w.passUntil(t, 20*time.Second, end)
				var statuses []string
				for _, part := range strings.Split(got.String(), "HTTP/1.1 ")[1:] {
					statuses = append(statuses, part[:3])
				}
				if fmt.Sprint(statuses) != fmt.Sprint(c.want) || *failed != nil {
					t.Errorf("got %q, %v, want %v", got, *failed, c.want)
				}
			})
		}
	}
}

// TestSlowloris has a client send its head byte by byte: that lasts too long
// although something happens all the time.
func TestSlowloris(t *testing.T) {
	w := start(t, "http://"+serveRaw(t, echo).addr, limited(exchange.Limits{Header: time.Minute}))
	conn := w.dial(t)
	got, _, end := rest(conn)
	sent := 0
	eventually(t, func() bool {
		conn.Write([]byte("GET / HTTP/1.1\r\nHost: a.test\r\nX-A: " + strings.Repeat("b", 10000))[sent:][:1])
		sent++
		w.pass(time.Second)
		select {
		case <-end:
			return true
		default:
			return false
		}
	})
	if sent < 60 || !strings.HasPrefix(got.String(), "HTTP/1.1 408 ") {
		t.Errorf("after %d seconds: got %q", sent, got)
	}
}

// TestTargetsThatTakeTooLong shows what becomes of a request whose target says so
// much and then nothing.
func TestTargetsThatTakeTooLong(t *testing.T) {
	long := "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"
	for name, c := range map[string]struct {
		limits        exchange.Limits
		says, request string
		want          string // the client gets this and then the end
	}{
		"nothing":              {exchange.Limits{Header: time.Minute}, "", fmt.Sprintf(get, ""), "HTTP/1.1 504 "},
		"nothing to a body":    {exchange.Limits{Header: time.Minute}, "", "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "HTTP/1.1 504 "},
		"hints":                {exchange.Limits{Header: time.Minute}, "HTTP/1.1 103 Early Hints\r\n\r\n", fmt.Sprintf(get, ""), "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 504 "},
		"half a head":          {exchange.Limits{Header: time.Minute}, "HTTP/1.1 200 OK\r\n", fmt.Sprintf(get, ""), "HTTP/1.1 504 "},
		"nothing, in all":      {exchange.Limits{Request: time.Minute}, "", fmt.Sprintf(get, ""), "HTTP/1.1 504 "},
		"half a body":          {exchange.Limits{Body: time.Minute}, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", fmt.Sprintf(get, ""), "\r\n\r\nhello"},
		"half a body, in all":  {exchange.Limits{Request: time.Minute}, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", fmt.Sprintf(get, ""), "\r\n\r\nhello"},
		"half a chunk":         {exchange.Limits{Body: time.Minute}, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhello", fmt.Sprintf(get, ""), "\r\n\r\n5\r\nhello\r\n"},
		"half a body by close": {exchange.Limits{Body: time.Minute}, "HTTP/1.1 200 OK\r\n\r\nhello", fmt.Sprintf(get, ""), "\r\n\r\n5\r\nhello\r\n"},
		"half a spliced body":  {exchange.Limits{Body: time.Minute}, long + strings.Repeat("x", 500000), fmt.Sprintf(get, ""), strings.Repeat("x", 500000)},
	} {
		t.Run(name, func(t *testing.T) {
			said := make(chan struct{})
			b := serveRaw(t, func(_ *message, conn net.Conn) bool {
				io.WriteString(conn, c.says)
				close(said)
				conn.Read(make([]byte, 1)) // until the proxy has had enough
				return false
			})
			w := start(t, "http://"+b.addr, limitedTargets(c.limits))
			conn := w.dial(t)
			io.WriteString(conn, strings.Replace(c.request, "Host", "Connection: close\r\nHost", 1))
			got, failed, end := rest(conn)
			next(t, said)
			w.passUntil(t, 20*time.Second, end)
			if !strings.Contains(got.String(), c.want) || strings.HasPrefix(c.want, "\r\n\r\n") && !strings.HasSuffix(got.String(), c.want) {
				t.Errorf("got %.200q, %v, want %.100q", got, *failed, c.want)
			}
			if x := w.exchanges(t, 1)[0]; x.err == nil || !errors.Is(x.err, os.ErrDeadlineExceeded) {
				t.Errorf("observed %+v", x)
			}
		})
	}
}
