package e2e

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// client makes requests one after the other.
type client interface {
	once() error
	close()
}

// load is clients at work until stop.
type load struct {
	begun   time.Time
	ended   chan struct{}
	running sync.WaitGroup
	done    atomic.Int64
	mu      sync.Mutex
	failed  []string
}

// loads starts groups of clients.
func loads(groups ...func(*load)) *load {
	l := &load{begun: time.Now(), ended: make(chan struct{})}
	for _, group := range groups {
		group(l)
	}
	return l
}

// paced is a group of clients that each begin so many requests a second, or as
// many as the machine allows.
func paced(clients, perSecond int, make func() client) func(*load) {
	return func(l *load) {
		for range clients {
			l.running.Go(func() { l.work(make(), time.Second/time.Duration(perSecond)) })
		}
	}
}

func (l *load) work(c client, every time.Duration) {
	defer c.close()
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-l.ended:
			return
		case <-tick.C:
		}
		err := c.once()
		l.done.Add(1)
		if err != nil {
			l.mu.Lock()
			l.failed = append(l.failed, fmt.Sprintf("after %v: %v", time.Since(l.begun).Round(time.Millisecond), err))
			l.mu.Unlock()
		}
	}
}

// stop ends the clients and fails the test if any request has failed.
func (l *load) stop(t *testing.T) {
	t.Helper()
	close(l.ended)
	l.running.Wait()
	took := time.Since(l.begun)
	t.Logf("%d requests and connections in %v, %.0f a second", l.done.Load(), took, float64(l.done.Load())/took.Seconds())
	if n := len(l.failed); n > 0 {
		t.Errorf("%d of %d failed, such as %q", n, l.done.Load(), l.failed[:min(n, 20)])
	}
}

// requests is a client that keeps one connection open, by which every request
// must be answered.
type requests struct {
	addr, host string
	conn       net.Conn
	answers    *bufio.Reader
}

func (c *requests) once() (err error) {
	if c.conn == nil {
		if c.conn, err = net.DialTimeout("tcp", c.addr, within); err != nil {
			return err
		}
		c.answers = bufio.NewReader(c.conn)
	}
	c.conn.SetDeadline(time.Now().Add(within))
	if _, err = exchange(c.conn, c.answers, c.host); err != nil {
		c.close()
		c.conn = nil
	}
	return err
}

func (c *requests) close() {
	if c.conn != nil {
		c.conn.Close()
	}
}

// hellos is a client that sends a ClientHello on a new connection each time and
// wants a line and then the end.
type hellos struct {
	addr  string
	hello []byte
}

func (c *hellos) once() error {
	conn, err := net.DialTimeout("tcp", c.addr, within)
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(within))
	if _, err := conn.Write(c.hello); err != nil {
		return err
	}
	answer, err := io.ReadAll(conn)
	if err == nil && !bytes.HasPrefix(answer, []byte("hello from ")) {
		err = fmt.Errorf("answered %q", answer)
	}
	return err
}

func (c *hellos) close() {}

// hello is the ClientHello of a client that asks for host.
func hello(t *testing.T, host string) []byte {
	t.Helper()
	ours, theirs := net.Pipe()
	defer ours.Close()
	conn := tls.Client(ours, &tls.Config{ServerName: host})
	failed := make(chan error, 1)
	go func() { failed <- conn.Handshake() }()
	buf := make([]byte, 1<<14)
	n, err := theirs.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	theirs.Close()
	<-failed
	return buf[:n]
}
