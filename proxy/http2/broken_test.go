package http2

import (
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/http2"

	"weir/proxy/exchange"
	"weir/route"
)

// brokenConn is a connection that takes nothing and from which comes what the
// test says, until it breaks.
type brokenConn struct {
	net.Conn // of a pipe that nobody reads
	comes    chan []byte
	broken   chan error
}

func (c *brokenConn) Read(p []byte) (int, error) {
	select {
	case b := <-c.comes:
		n := copy(p, b)
		if n < len(b) {
			c.comes <- b[n:]
		}
		return n, nil
	case err := <-c.broken:
		return 0, err
	}
}

// TestUnsentIsKnown breaks a connection in many ways while a request waits to
// be written: whoever notices first, it is known that nothing of it was sent.
func TestUnsentIsKnown(t *testing.T) {
	for _, why := range []error{io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, syscall.ECONNRESET, syscall.ETIMEDOUT} {
		t.Run(why.Error(), func(t *testing.T) { unsentIsKnown(t, nil, why) })
	}
	ping := []byte{0, 0, 8, byte(http2.FramePing), 0, 0, 0, 0, 0}
	t.Run("within a header", func(t *testing.T) { unsentIsKnown(t, ping[:5], io.EOF) })
	t.Run("within a frame", func(t *testing.T) { unsentIsKnown(t, append(ping, 1, 2, 3), io.EOF) })
}

func unsentIsKnown(t *testing.T, last []byte, why error) {
	near, far := net.Pipe()
	conn := &brokenConn{near, make(chan []byte, 1), make(chan error, 1)}
	conn.comes <- []byte{0, 0, 0, byte(http2.FrameSettings), 0, 0, 0, 0, 0}
	s := newSession(&group{transport: &Transport{Limits: testLimits()}}, conn)
	ended := make(chan struct{})
	go func() { defer close(ended); s.run() }()
	defer joined(t, "the session", func() { <-ended })
	defer far.Close()
	if err := s.greeting(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	soon(t, "our SETTINGS are not being written", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.gen > 0
	})
	table, _ := route.Build(route.Input{Commands: []route.Commands{{Text: "route add svc / h2c://127.0.0.1:1"}}})
	c, x := &call{}, &exchange.Exchange{Request: exchange.Request{Method: []byte("POST")}, SendURI: []byte("/")}
	if err := s.begin(c, x, table.HTTP("a.test", "/", false).Pick(route.Draw{})); err != nil {
		t.Fatal(err)
	}
	if last != nil {
		conn.comes <- last
		soon(t, "not read", func() bool { return len(conn.comes) == 0 })
	}
	conn.broken <- why
	if _, err := c.next(); !errors.Is(err, errUnsent) {
		t.Errorf("the request ended with %v, want %v", err, errUnsent)
	}
}
