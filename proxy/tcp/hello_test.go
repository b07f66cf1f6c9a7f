package tcp

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"testing"

	"weir/tlssni"
)

func TestHelloInPieces(t *testing.T) {
	addr, targets := target(t)
	w := byName(t, toName("a.test", addr))
	plain := hello(t, "a.test")
	message := plain[5:]
	large := helloOf(t, tlssni.MaxHello)
	for name, flight := range map[string][]byte{
		"one record":                  plain,
		"records of one byte":         records(message, 1),
		"records of 100 bytes":        records(message, 100),
		"64 KiB in whole records":     records(large, 1<<14),
		"64 KiB in records of a byte": records(large, 1),
	} {
		t.Run(name, func(t *testing.T) {
			segments := map[string]int{"at once": len(flight), "byte by byte": 1, "in halves": len(flight)/2 + 1}
			for how, size := range segments {
				if size == 1 && len(flight) > 10000 {
					continue
				}
				c := w.dial()
				go func() {
					for rest := flight; len(rest) > 0; rest = rest[min(size, len(rest)):] {
						c.Write(rest[:min(size, len(rest))])
					}
				}()
				server := receive(t, targets, "connection")
				got := make([]byte, len(flight))
				if _, err := io.ReadFull(server, got); err != nil || !bytes.Equal(got, flight) {
					t.Errorf("%s: the target got other bytes (%v)", how, err)
				}
				c.Close()
				server.Close()
			}
		})
	}
}

// records lays a handshake message in records of this length.
func records(message []byte, length int) (raw []byte) {
	for len(message) > 0 {
		n := min(len(message), length)
		raw = append(raw, 22, 3, 1)
		raw = binary.BigEndian.AppendUint16(raw, uint16(n))
		raw = append(raw, message[:n]...)
		message = message[n:]
	}
	return raw
}

// helloOf is a handshake message for a.test with so many bytes in its body.
func helloOf(t testing.TB, length int) []byte {
	message := bytes.Clone(hello(t, "a.test")[5:])
	body := message[4:]
	at := 2 + 32 + 1 + int(body[34]) // the cipher suites
	at += 2 + int(binary.BigEndian.Uint16(body[at:]))
	at += 1 + int(body[at]) // the extensions
	for number := uint16(0xff02); len(body) < length; number++ {
		n := min(length-len(body)-4, 30000)
		body = binary.BigEndian.AppendUint16(body, number)
		body = binary.BigEndian.AppendUint16(body, uint16(n))
		body = append(body, make([]byte, n)...)
	}
	if rest := len(body) - at - 2; rest < 1<<16 {
		binary.BigEndian.PutUint16(body[at:], uint16(rest))
	} else {
		t.Fatalf("extensions of %d bytes", rest)
	}
	return append([]byte{1, byte(len(body) >> 16), byte(len(body) >> 8), byte(len(body))}, body...)
}

func TestBytesBehindHello(t *testing.T) {
	addr, targets := target(t)
	w := byName(t, toName("a.test", addr))
	for _, behind := range []int{1, 100, bufferBytes, 200 << 10} {
		c := w.dial()
		flight := append(bytes.Clone(hello(t, "a.test")), bytes.Repeat([]byte("early"), behind)...)
		go func() {
			c.Write(flight)
			c.CloseWrite()
		}()
		got, err := io.ReadAll(receive(t, targets, "connection"))
		if err != nil || !bytes.Equal(got, flight) {
			t.Errorf("%d bytes behind the hello: got %d bytes (%v), want the %d that were sent", behind, len(got), err, len(flight))
		}
	}
}

// Who names no server that is known is let go.
func TestNowhere(t *testing.T) {
	w := byName(t, toName("a.test", named(t, "a"))+"\nroute add svc r.test/ http://r/ opts \"redirect=301\"")
	for name, c := range map[string]struct {
		sent []byte
		err  error // of the session; nil: refused as no ClientHello
	}{
		"unknown name":      {hello(t, "b.test"), errNoRoute},
		"no name":           {hello(t, ""), errNoRoute},
		"not for TCP":       {hello(t, "r.test"), errNotTCP},
		"no TLS":            {[]byte("GET / HTTP/1.1\r\n\r\n"), nil},
		"another handshake": {[]byte{22, 3, 1, 0, 4, 2, 0, 0, 0}, nil},
		"too long a hello":  {records([]byte{1, 1, 0, 1}, 100), nil},
	} {
		conn := w.dial()
		send(t, conn, string(c.sent))
		expectEnd(t, conn)
		if c.err == nil {
			receive(t, w.refused, "refusal: "+name)
		} else if s := w.session(); s.Err != c.err {
			t.Errorf("%s: the session says %v, want %v", name, s.Err, c.err)
		}
	}
}

// A client that leaves within its hello is refused.
func TestHelloCutShort(t *testing.T) {
	w := byName(t, toName("a.test", named(t, "a")))
	for _, leave := range []func(c *net.TCPConn){
		func(c *net.TCPConn) { c.CloseWrite() }, func(c *net.TCPConn) { c.Close() }, func(c *net.TCPConn) { reset(t, c) },
	} {
		for _, n := range []int{0, 1, 5, 100} {
			c := w.dial()
			send(t, c, string(hello(t, "a.test")[:n]))
			leave(c)
			if reason := receive(t, w.refused, "refusal"); reason != "hello" {
				t.Errorf("refused for %q, want %q", reason, "hello")
			}
		}
	}
}

// Strangers who dawdle cost little memory.
func TestDawdlersHoldLittle(t *testing.T) {
	w := byName(t, toName("a.test", named(t, "a")))
	c := w.dial()
	send(t, c, string(hello(t, "a.test")[:1000]))
	conn := w.one()
	conn.holds(t, 1000)
	conn.frozen(func(c *Conn) {
		if n := cap(c.held); n > 4<<10 {
			t.Errorf("holds %d bytes for 1000", n)
		}
	})
}

// Whatever comes first, it reaches a target as it came or not at all. The
// oracle is the reader that knows no sockets.
func FuzzFirstBytes(f *testing.F) {
	got := make(chan []byte)
	addr := serve(f, func(c *net.TCPConn) {
		all, _ := io.ReadAll(c)
		got <- all
		c.Close()
	})
	w := byName(f, toName("a.test", addr))
	plain := hello(f, "a.test")
	f.Add(plain, 1)
	f.Add(append(records(plain[5:], 50), "early data"...), 7)
	f.Add(plain[:100], 100)
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"), 3)
	f.Fuzz(func(t *testing.T, sent []byte, size int) {
		size = max(size&0xffff, len(sent)/50+1)
		want, _, err := tlssni.Read(bytes.NewReader(sent), nil)
		c := connectTo(t, w.addr)
		for rest := sent; len(rest) > 0; rest = rest[min(size, len(rest)):] {
			if _, err := c.Write(rest[:min(size, len(rest))]); err != nil {
				break // refused already
			}
		}
		c.CloseWrite()
		if err == nil && want.ServerName == "a.test" {
			if all := receive(t, got, "target's input"); !bytes.Equal(all, sent) {
				t.Fatalf("the target got %q, want %q", all, sent)
			}
		}
		io.Copy(io.Discard, c)
		select {
		case all := <-got:
			t.Fatalf("a target got %q", all)
		default:
		}
	})
}
