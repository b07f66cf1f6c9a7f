package http1

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"weir/proxy/exchange"
)

// minute is the limit, and step what passes between two signs of life.
const minute, step = time.Minute, 40 * time.Second

// sendSlowly sends raw piece by piece, with time in between.
func sendSlowly(t *testing.T, w *world, c net.Conn, raw string, b *backend) {
	t.Helper()
	for _, piece := range strings.Split(raw, "|") {
		heard := b.heard()
		if _, err := io.WriteString(c, piece); err != nil {
			t.Fatal(err)
		}
		if piece != "" {
			eventually(t, func() bool { return b.heard() > heard })
		}
		w.pass(step)
	}
}

func TestSlowUploadsThatMoveGoOn(t *testing.T) {
	for _, raw := range []string{
		"POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 10\r\n\r\nhe|l|l|o|wor|ld",
		"POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe|l|l|o\r\n|5\r\nwor|ld\r\n|0\r\n\r\n",
	} {
		b := serveRaw(t, echo)
		w := start(t, "http://"+b.addr, limited(exchange.Limits{Body: minute}))
		c := w.dial(t)
		if strings.Contains(raw, "chunked") {
			raw = strings.NewReplacer("o\r\n|5\r\n", "o\r\n5\r\n", "ld\r\n|0", "ld\r\n0").Replace(raw) // framing alone moves nothing
		}
		sendSlowly(t, w, c, raw, b)
		if m := readAnswer(t, c, &strictReader{}); m.body != "POST / HTTP/1.1|helloworld" {
			t.Errorf("got %s %q", m.first, m.body)
		}
	}
}

func TestSlowAnswersThatMoveGoOn(t *testing.T) {
	pieces := make(chan string, 1)
	defer close(pieces)
	b := serveRaw(t, func(_ *message, c net.Conn) bool {
		for piece := range pieces {
			io.WriteString(c, piece)
		}
		return false
	})
	w := start(t, "http://"+b.addr, limited(exchange.Limits{Body: minute}))
	c := w.dial(t)
	fmt.Fprintf(c, get, "")
	r := strictReader{}
	buf := make([]byte, 1000)
	for i, piece := range []string{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "w", "o", "r", "l", "d"} { // no byte is like the one before
		pieces <- piece
		for len(r.b) == 0 || i > 0 && !bytes.HasSuffix(r.b, []byte(piece)) {
			n, err := c.Read(buf)
			if err != nil {
				t.Fatalf("%v after %q", err, r.b)
			}
			r.b = append(r.b, buf[:n]...)
		}
		w.pass(step)
	}
	if m := readAnswer(t, c, &r); m.body != "world" {
		t.Errorf("got %q", m.body)
	}
}

// TestSlowReaders has a client read an answer that fits into no buffer: slowly,
// which is its good right, or not at all.
func TestSlowReaders(t *testing.T) {
	const size = 16 << 20
	body := random(size)
	for name, options := range map[string][]option{"spliced": nil, "tls": {overTLS(t)}} {
		b := serveRaw(t, answers(ok(body)))
		w := start(t, "http://"+b.addr, append(options, limited(exchange.Limits{Body: minute}))...)
		t.Run(name, func(t *testing.T) {
			c := w.dial(t)
			plain := c
			if secure, ok := c.(*tls.Conn); ok {
				plain = secure.NetConn().(conn)
			}
			plain.(*net.TCPConn).SetReadBuffer(64 << 10) // or else the kernel reads on for the client
			fmt.Fprintf(c, get, "")
			var got bytes.Buffer
			for range 5 { // all the time it is one write that is not done
				if _, err := io.CopyN(&got, c, 200<<10); err != nil {
					t.Fatalf("%v after %d bytes", err, got.Len())
				}
				eventually(t, w.isWriting)
				w.pass(step)
			}
			if _, err := io.CopyN(&got, c, size-int64(got.Len())); err != nil {
				t.Errorf("%v after %d bytes", err, got.Len())
			}
			if !strings.Contains(got.String(), body[:size/2]) {
				t.Error("other bytes came")
			}
		})
		t.Run(name+" not at all", func(t *testing.T) {
			before := len(w.exchanges(t, 0))
			c := w.dial(t)
			fmt.Fprintf(c, get, "")
			eventually(t, func() bool {
				w.pass(20 * time.Second)
				return len(w.exchanges(t, 0)) > before
			})
			if x := w.exchanges(t, 0)[before]; x.err == nil || x.out == size {
				t.Errorf("observed %+v", x)
			}
			if n, _ := io.Copy(io.Discard, c); n >= size {
				t.Error("all of the answer came")
			}
		})
	}
}

// isWriting reports whether a client is waited for to take bytes.
func (w *world) isWriting() (writing bool) {
	w.each(func(c *Conn) error {
		writing = writing || c.writing.is(phaseWrite)
		return nil
	})
	return writing
}

func TestIdleTunnels(t *testing.T) {
	b := serveRaw(t, func(_ *message, c net.Conn) bool {
		io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
		io.Copy(c, c)
		return false
	})
	throughEachLimited(t, b.addr, exchange.Limits{Tunnel: minute, Body: time.Second, Request: time.Second, Header: time.Second, Idle: time.Second}, func(t *testing.T, w *world) {
		c := w.dial(t)
		io.WriteString(c, "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
		r := strictReader{bodyless: true}
		if m := readAnswer(t, c, &r); !strings.HasPrefix(m.first, "HTTP/1.1 101") {
			t.Fatal(m.first)
		}
		for range 4 { // other limits mean nothing here
			w.pass(step)
			io.WriteString(c, "echo")
			if _, err := io.ReadFull(c, make([]byte, 4)); err != nil {
				t.Fatal(err)
			}
		}
		_, _, end := rest(c)
		w.passUntil(t, 20*time.Second, end)
	})
}

func throughEachLimited(t *testing.T, addr string, lim exchange.Limits, do func(t *testing.T, w *world)) {
	t.Run("plain", func(t *testing.T) { do(t, start(t, "http://"+addr, limited(lim))) })
	t.Run("tls", func(t *testing.T) { do(t, start(t, "http://"+addr, overTLS(t), limited(lim))) })
}

// Between two requests there is time, but not without end.
func TestIdleConnectionsOfClients(t *testing.T) {
	b := serveRaw(t, echo)
	throughEachLimited(t, b.addr, exchange.Limits{Idle: minute, Header: minute}, func(t *testing.T, w *world) {
		c := w.dial(t)
		var r strictReader
		for i := range 4 {
			fmt.Fprintf(c, get, fmt.Sprint(i))
			if m := readAnswer(t, c, &r); m.body != fmt.Sprintf("GET /%d HTTP/1.1|", i) {
				t.Errorf("got %q", m.body)
			}
			w.exchanges(t, i+1)
			w.pass(step)
		}
		got, failed, end := rest(c)
		w.passUntil(t, 20*time.Second, end)
		if got.Len() > 0 || *failed != nil {
			t.Errorf("the end was %q, %v", got, *failed)
		}
	})
}
