package tcp

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long a test waits for bytes that must come.
const patience = 20 * time.Second

// dial connects to the proxy.
func (w *world) dial() *net.TCPConn {
	w.t.Helper()
	return connectTo(w.t, w.addr)
}

func connectTo(t testing.TB, addr string) *net.TCPConn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
	return c.(*net.TCPConn)
}

// target is a server that the test plays: it takes connections from the channel.
func target(t testing.TB) (addr string, conns <-chan *net.TCPConn) {
	t.Helper()
	accepted := make(chan *net.TCPConn, 1000)
	return serve(t, func(c *net.TCPConn) { accepted <- c }), accepted
}

// serve runs a server that calls handle for each connection. The connections
// end with the test.
func serve(t testing.TB, handle func(*net.TCPConn)) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var open []net.Conn
	var running sync.WaitGroup
	running.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.SetDeadline(time.Now().Add(patience))
			mu.Lock()
			open = append(open, c)
			mu.Unlock()
			running.Go(func() { handle(c.(*net.TCPConn)) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		mu.Lock()
		for _, c := range open {
			c.Close()
		}
		mu.Unlock()
		running.Wait()
	})
	return l.Addr().String()
}

// named says its name and then sends back what it gets, to the end.
func named(t testing.TB, name string) (addr string) {
	return serve(t, func(c *net.TCPConn) {
		defer c.Close()
		fmt.Fprintln(c, name)
		io.Copy(c, c)
	})
}

// silent takes connections and says nothing.
func silent(t testing.TB) (addr string) {
	addr, _ = target(t)
	return addr
}

// deaf does not answer connects: its queue of connections is full.
func deaf(t testing.TB) (addr string) {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(fd) })
	if err := errors.Join(syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}), syscall.Listen(fd, 0)); err != nil {
		t.Fatal(err)
	}
	name, _ := syscall.Getsockname(fd)
	addr = fmt.Sprintf("127.0.0.1:%d", name.(*syscall.SockaddrInet4).Port)
	for {
		c, err := net.DialTimeout("tcp", addr, 20*time.Millisecond)
		if err != nil {
			return addr
		}
		t.Cleanup(func() { c.Close() })
	}
}

// hello is what Go's own TLS client sends first.
func hello(t testing.TB, name string) []byte {
	t.Helper()
	var c capture
	if err := tls.Client(&c, &tls.Config{ServerName: name, InsecureSkipVerify: true}).Handshake(); !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	return c.Bytes()
}

// capture is a connection that keeps what is written and answers nothing.
type capture struct {
	net.Conn
	bytes.Buffer
}

func (c *capture) Read([]byte) (int, error)    { return 0, io.EOF }
func (c *capture) Write(b []byte) (int, error) { return c.Buffer.Write(b) }
func (c *capture) Close() error                { return nil }

// expect reads exactly these bytes.
func expect(t testing.TB, c net.Conn, want string) {
	t.Helper()
	got := make([]byte, len(want))
	if n, err := io.ReadFull(c, got); err != nil || string(got) != want {
		t.Fatalf("got %q (%v), want %q", got[:n], err, want)
	}
}

// expectEnd reads the end of input and nothing before.
func expectEnd(t testing.TB, c net.Conn) {
	t.Helper()
	if n, err := c.Read(make([]byte, 100)); n > 0 || err != io.EOF {
		t.Fatalf("got %d bytes (%v), want the end of input", n, err)
	}
}

// expectReset reads until the connection breaks.
func expectReset(t testing.TB, c net.Conn) {
	t.Helper()
	if n, err := io.Copy(io.Discard, c); !errors.Is(err, syscall.ECONNRESET) {
		t.Fatalf("got %d bytes and then %v, want a reset", n, err)
	}
}

func send(t testing.TB, c net.Conn, s string) {
	t.Helper()
	if _, err := io.WriteString(c, s); err != nil {
		t.Fatal(err)
	}
}

// reset breaks a connection.
func reset(t testing.TB, c *net.TCPConn) {
	t.Helper()
	if err := errors.Join(c.SetLinger(0), c.Close()); err != nil {
		t.Fatal(err)
	}
}
