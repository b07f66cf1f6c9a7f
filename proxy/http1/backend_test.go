package http1

import (
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
)

// backend is a target that reads with the strict reader and answers from a script.
type backend struct {
	addr string
	mu   sync.Mutex
	got  []*message
	bad  []error
	open map[net.Conn]bool
	over bool // connections are closed
	n    int  // connections ever
	came int  // bytes
	gone int  // connections that were closed
	all  sync.WaitGroup
}

// answerer writes the answer to m and reports whether the connection goes on.
type answerer func(m *message, c net.Conn) (keep bool)

// answers answers every request with the same bytes.
func answers(raw string) answerer {
	return func(_ *message, c net.Conn) bool {
		_, err := io.WriteString(c, raw)
		return err == nil
	}
}

// ok is an answer with a body.
func ok(body string) string {
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
}

// echo answers with the request's first line and body.
func echo(m *message, c net.Conn) bool { return answers(ok(m.first+"|"+m.body))(m, c) }

// serveRaw starts a target.
func serveRaw(t testing.TB, answer answerer) *backend {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &backend{addr: l.Addr().String(), open: make(map[net.Conn]bool)}
	b.all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			b.mu.Lock()
			b.open[c] = true
			if b.over {
				c.Close()
			}
			b.n++
			b.mu.Unlock()
			b.all.Go(func() {
				b.serve(c, answer)
				b.leave(c)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		b.closeAll()
		joined(t, "the target", b.all.Wait)
		for _, err := range b.bad {
			t.Errorf("the target was sent something ambiguous: %v", err)
		}
	})
	return b
}

// leave closes a connection.
func (b *backend) leave(c net.Conn) {
	c.Close()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.gone++
}

// left is how many connections were closed so far.
func (b *backend) left() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.gone
}

func (b *backend) serve(c net.Conn, answer answerer) {
	var r strictReader
	buf := make([]byte, 64<<10)
	for {
		n, err := c.Read(buf)
		b.hear(n)
		r.b = append(r.b, buf[:n]...)
		for len(r.b) > 0 {
			m, err := r.request()
			if err == errNeedMore {
				break
			}
			if !b.note(m, err) || !answer(m, c) {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (b *backend) hear(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.came += n
}

// heard is how many bytes have come so far.
func (b *backend) heard() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.came
}

func (b *backend) note(m *message, err error) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err != nil {
		b.bad = append(b.bad, err)
		return false
	}
	b.got = append(b.got, m)
	return true
}

// requests returns what has come so far, and the number of connections.
func (b *backend) requests() ([]*message, int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]*message(nil), b.got...), b.n
}

func (b *backend) closeAll() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.over = true
	for c := range b.open {
		c.Close()
		delete(b.open, c)
	}
}
