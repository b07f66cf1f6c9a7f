package tcp

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"io"
	"math/rand/v2"
	"net"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"weir/internal/testenv"
)

func TestPort(t *testing.T) {
	w := byPort(t, []string{named(t, "a")})
	c := w.dial()
	expect(t, c, "a\n")
	send(t, c, "and back")
	c.CloseWrite()
	expect(t, c, "and back")
	expectEnd(t, c)
	s := w.session()
	if s.Err != nil || s.BytesIn != 8 || s.BytesOut != 10 || s.Attempts != 1 || s.Service != "svc" || s.Variant != "stable" ||
		s.Listener != "test" || s.Target == "" || s.ServerName != "" || s.Start.IsZero() {
		t.Errorf("session %+v", s)
	}
}

func TestServerName(t *testing.T) {
	a, b := tlsServer(t, "a"), tlsServer(t, "b")
	w := byName(t, toName("a.test", a)+"\n"+toName("*.b.test", b))
	for name, want := range map[string]string{"a.test": "a\n", "A.Test": "a\n", "x.b.test": "b\n"} {
		c := tls.Client(w.dial(), &tls.Config{ServerName: name, InsecureSkipVerify: true})
		send(t, c, "hi\n")
		expect(t, c, want+"hi\n")
		c.Close()
		if s := w.session(); s.BytesIn < 200 || s.BytesOut < 200 || s.Attempts != 1 {
			t.Errorf("%s: session %+v", name, s)
		}
	}
}

// tlsServer is named behind TLS.
func tlsServer(t testing.TB, name string) (addr string) {
	config := &tls.Config{Certificates: []tls.Certificate{testenv.NewCert(t, name+".test").TLS}}
	return serve(t, func(c *net.TCPConn) {
		secure := tls.Server(c, config)
		defer secure.Close()
		io.WriteString(secure, name+"\n")
		io.Copy(secure, secure)
	})
}

// Each side may end while the other still sends.
func TestHalfClose(t *testing.T) {
	for _, first := range []string{"client", "target"} {
		t.Run(first, func(t *testing.T) {
			addr, targets := target(t)
			w := byPort(t, []string{addr})
			one, other := w.dial(), receive(t, targets, "connection")
			if first == "target" {
				send(t, other, "so that the target is settled")
				expect(t, one, "so that the target is settled")
				one, other = other, one
			}
			send(t, one, "last words")
			one.CloseWrite()
			expect(t, other, "last words")
			expectEnd(t, other)
			for range 3 {
				send(t, other, "still here")
				expect(t, one, "still here")
			}
			other.CloseWrite()
			expectEnd(t, one)
			if s := w.session(); s.Err != nil {
				t.Error(s.Err)
			}
		})
	}
}

// What one side does not read holds the other side up and no memory.
func TestSlowReader(t *testing.T) {
	addr, targets := target(t)
	w := byPort(t, []string{addr})
	client, server := w.dial(), receive(t, targets, "connection")
	send(t, server, "x")
	expect(t, client, "x")
	for _, way := range []struct {
		name     string
		from, to *net.TCPConn
		flow     func(*Conn) *flow
	}{
		{"to the client", server, client, func(c *Conn) *flow { return &c.out }},
		{"from the client", client, server, func(c *Conn) *flow { return &c.in }},
	} {
		t.Run(way.name, func(t *testing.T) {
			const total = 64 << 20
			var sent atomic.Int64
			sum := make(chan []byte, 1)
			go func() { sum <- pour(way.from, total, &sent) }()
			eventually(t, func() (stuck bool) {
				w.one().frozen(func(c *Conn) {
					f := way.flow(c)
					stuck = f.from.readable && !f.to.writable
					if len(f.rest) > bufferBytes || f.pipe != nil && f.pipe.held > pipeBytes {
						t.Errorf("holds %d bytes and %+v", len(f.rest), f.pipe)
					}
				})
				return stuck
			})
			if n := sent.Load(); n == total {
				t.Errorf("all %d bytes were taken though nobody read them", n)
			}
			got := sha256.New()
			if _, err := io.CopyN(got, way.to, total); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Sum(nil), receive(t, sum, "checksum")) {
				t.Error("the bytes are not those that were sent")
			}
		})
	}
}

// pour writes random bytes and returns their checksum.
func pour(c net.Conn, total int, sent *atomic.Int64) []byte {
	h := sha256.New()
	random := rand.NewChaCha8([32]byte{})
	piece := make([]byte, 100<<10)
	for left := total; left > 0; {
		random.Read(piece)
		n, err := c.Write(piece[:min(left, len(piece))])
		h.Write(piece[:n])
		sent.Add(int64(n))
		if left -= n; err != nil {
			return nil
		}
	}
	return h.Sum(nil)
}

// Much in both directions at once, spliced.
func TestLargeTransfers(t *testing.T) {
	const total = 48 << 20
	addr, targets := target(t)
	w := byPort(t, []string{addr})
	client, server := w.dial(), receive(t, targets, "connection")
	var sent atomic.Int64
	sums := make(chan []byte, 4)
	for _, c := range []*net.TCPConn{client, server} {
		go func() {
			sum := pour(c, total, &sent)
			c.CloseWrite()
			sums <- sum
		}()
		go func() {
			h := sha256.New()
			io.Copy(h, c)
			sums <- h.Sum(nil)
		}()
	}
	first := receive(t, sums, "checksum")
	for range 3 {
		if sum := receive(t, sums, "checksum"); sum == nil || !bytes.Equal(sum, first) {
			t.Error("the bytes are not those that were sent")
		}
	}
	if s := w.session(); s.BytesIn != total || s.BytesOut != total || s.Err != nil {
		t.Errorf("session %+v", s)
	}
	if w.engine.Poller.pipes.open == 0 {
		t.Error("nothing was spliced")
	}
}

// However both sides cut and time what they send, the other gets the same bytes.
func TestAnySegments(t *testing.T) {
	addr, targets := target(t)
	w := byName(t, toName("a.test", addr))
	greeting := hello(t, "a.test")
	segment := rapid.OneOf(rapid.IntRange(1, 100), rapid.IntRange(1, 40<<10), rapid.IntRange(100<<10, 300<<10))
	rapid.Check(t, func(rt *rapid.T) {
		client := w.dial()
		cuts := rapid.SliceOfN(rapid.IntRange(1, len(greeting)), 0, 5).Draw(rt, "cuts of the hello")
		in, out := rapid.SliceOfN(segment, 0, 12).Draw(rt, "in"), rapid.SliceOfN(segment, 1, 12).Draw(rt, "out")
		sums := make(chan []byte, 4)
		go func() { sums <- pieces(client, greeting, cuts, in) }()
		server := receive(t, targets, "connection")
		go func() { sums <- digest(server) }()
		want := [][]byte{receive(t, sums, "checksum"), receive(t, sums, "checksum")}
		go func() { sums <- pieces(server, nil, nil, out) }()
		go func() { sums <- digest(client) }()
		back := [][]byte{receive(t, sums, "checksum"), receive(t, sums, "checksum")}
		if !bytes.Equal(want[0], want[1]) || !bytes.Equal(back[0], back[1]) {
			rt.Error("the bytes are not those that were sent")
		}
		client.Close()
		server.Close()
	})
}

// pieces sends first, cut up, and then random bytes in pieces of these sizes,
// and ends its side. It returns the checksum of all.
func pieces(c *net.TCPConn, first []byte, cuts, sizes []int) []byte {
	h := sha256.New()
	both := io.MultiWriter(c, h)
	for _, n := range cuts {
		n = min(n, len(first))
		both.Write(first[:n])
		first = first[n:]
	}
	both.Write(first)
	random := rand.NewChaCha8([32]byte{})
	for _, n := range sizes {
		piece := make([]byte, n)
		random.Read(piece)
		both.Write(piece)
	}
	c.CloseWrite()
	return h.Sum(nil)
}

// digest is the checksum of all that comes.
func digest(c net.Conn) []byte {
	h := sha256.New()
	io.Copy(h, c)
	return h.Sum(nil)
}
