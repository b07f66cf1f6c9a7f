package conformance

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
)

// recorder is a target that keeps what it was sent, byte for byte.
type recorder struct {
	addr  string
	mu    sync.Mutex
	conns []*recording
}

// recording is one connection to it.
type recording struct {
	net.Conn
	messages []*message
	faults   []string
	pending  []byte // of a request that is not whole
}

// record is what came since the last reset.
type record struct {
	messages []*message
	faults   []string
	raw      []byte
}

func newRecorder(t *testing.T) *recorder {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &recorder{addr: l.Addr().String()}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			c := &recording{Conn: conn}
			r.mu.Lock()
			r.conns = append(r.conns, c)
			r.mu.Unlock()
			wg.Go(func() { r.serve(c) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		r.mu.Lock()
		for _, c := range r.conns {
			c.Close()
		}
		r.mu.Unlock()
		wg.Wait()
	})
	return r
}

func (r *recorder) serve(c *recording) {
	defer c.Close()
	buf := make([]byte, 64<<10)
	continued := false
	for {
		n, err := c.Read(buf)
		r.mu.Lock()
		c.pending = append(c.pending, buf[:n]...)
		answers, broken := c.parse(&continued)
		r.mu.Unlock()
		if _, failed := c.Write(answers); err != nil || failed != nil || broken {
			return
		}
	}
}

// parse moves whole requests out of pending and returns the answers to them.
func (c *recording) parse(continued *bool) (answers []byte, broken bool) {
	for len(c.pending) > 0 {
		m, faults, err := readMessage(c.pending)
		if errors.Is(err, errShort) {
			if m != nil && !*continued && strings.EqualFold(strings.Join(m.get("Expect"), ""), "100-continue") {
				*continued = true
				answers = append(answers, "HTTP/1.1 100 Continue\r\n\r\n"...)
			}
			return answers, false
		}
		c.faults = append(c.faults, faults...)
		if err != nil {
			return append(answers, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"...), true
		}
		c.messages, c.pending, *continued = append(c.messages, m), c.pending[len(m.raw):], false
		answers = append(answers, m.answer()...)
	}
	return answers, false
}

// answer agrees to everything but a WebSocket.
func (m *message) answer() string {
	status, body := "200 OK", "ok "+m.method+"\n"
	if strings.HasPrefix(m.target, "/ws") {
		status = "426 Upgrade Required"
	}
	head := fmt.Sprintf("HTTP/1.1 %s\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n", status, len(body))
	if m.method == "HEAD" {
		return head
	}
	return head + body
}

// reset forgets what came. A connection in the middle of a request ends.
func (r *recorder) reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.conns {
		if len(c.pending) > 0 {
			c.Close()
		}
		c.messages, c.faults, c.pending = nil, nil, nil
	}
}

// got is what came, without the question whether the proxy is alive.
func (r *recorder) got() (all record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.conns {
		for _, m := range c.messages {
			if m.target != "/alive" {
				all.messages = append(all.messages, m)
				all.raw = append(all.raw, m.raw...)
			}
		}
		all.faults = append(all.faults, c.faults...)
		all.raw = append(all.raw, c.pending...)
	}
	return all
}
