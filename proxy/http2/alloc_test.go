package http2

import (
	"bufio"
	"io"
	"net"
	"testing"
	"time"

	"golang.org/x/net/http2"

	"weir/proxy/exchange"
)

// lean is a client that allocates nothing: it sends the same request again and
// again and looks at nothing but the end of the answer.
type lean struct {
	testing.TB
	c      net.Conn
	r      *bufio.Reader
	wire   []byte // one HEADERS frame
	id     uint32
	header [frameHeader]byte
}

func dialLean(t testing.TB, addr string) *lean {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(lifetime))
	l := &lean{TB: t, c: c, r: bufio.NewReader(c), id: 1}
	io.WriteString(c, Preface)
	fr := http2.NewFramer(c, nil)
	fr.WriteSettings()
	fr.WriteSettingsAck()
	// GET / with the table's own fields, and an authority that is a literal.
	block := append([]byte{0x82, 0x87, 0x84, 0x01, 6}, "a.test"...)
	l.wire = append([]byte{0, 0, byte(len(block)), byte(http2.FrameHeaders), 5, 0, 0, 0, 0}, block...)
	return l
}

// roundTrip sends a request and reads to the end of its answer.
func (l *lean) roundTrip() {
	l.wire[5], l.wire[6], l.wire[7], l.wire[8] = byte(l.id>>24), byte(l.id>>16), byte(l.id>>8), byte(l.id)
	l.id += 2
	if _, err := l.c.Write(l.wire); err != nil {
		l.Fatal(err)
	}
	for {
		if _, err := io.ReadFull(l.r, l.header[:]); err != nil {
			l.Fatal(err)
		}
		h := l.header
		if _, err := l.r.Discard(int(h[0])<<16 | int(h[1])<<8 | int(h[2])); err != nil {
			l.Fatal(err)
		}
		if kind := http2.FrameType(h[3]); (kind == http2.FrameData || kind == http2.FrameHeaders) && h[4]&byte(http2.FlagDataEndStream) != 0 {
			return
		}
	}
}

// plain answers with fields and a body, and allocates nothing.
func plain() handle {
	fields := []exchange.Field{{Name: []byte("content-type"), Value: []byte("text/plain")}}
	body := []byte("hello, world")
	return func(x *exchange.Exchange) bool {
		if x.Reply.Head(200, fields, int64(len(body)), false) != nil {
			return false
		}
		_, err := x.Reply.Write(body)
		return err == nil && x.Reply.End(nil) == nil
	}
}

// TestAllocations counts all there are for one request, at both ends of weir's
// own: x/net's Framer makes an object of each HEADERS frame, and hpack a string
// of each literal.
func TestAllocations(t *testing.T) {
	server := serve(t, plain(), false)
	through := chainTo(t, target{url: "h2c://" + serve(t, plain(), false).addr}, false)
	for _, tt := range []struct {
		name       string
		f          *front
		most, race float64
	}{
		{"served", server, 2, 8},
		{"sent on over HTTP/2", through.front, 4, 30},
	} {
		l := dialLean(t, tt.f.addr)
		if poolsForget {
			tt.most = tt.race
		}
		if n := testing.AllocsPerRun(2000, l.roundTrip); n > tt.most {
			t.Errorf("%s: a request allocates %v times, want %v at most", tt.name, n, tt.most)
		}
	}
}

func BenchmarkServe(b *testing.B) {
	l := dialLean(b, serve(b, plain(), false).addr)
	b.ReportAllocs()
	for b.Loop() {
		l.roundTrip()
	}
}

func BenchmarkSendOn(b *testing.B) {
	l := dialLean(b, chainTo(b, target{url: "h2c://" + serve(b, plain(), false).addr}, false).front.addr)
	b.ReportAllocs()
	for b.Loop() {
		l.roundTrip()
	}
}
