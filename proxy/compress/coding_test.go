package compress

import (
	"bytes"
	"io"
	"math/rand/v2"
	"testing"

	"weir/proxy/exchange"
)

// FuzzCoding: whatever a body is and however it comes, the client reads it again,
// after each flush all that was written before.
func FuzzCoding(f *testing.F) {
	f.Add([]byte("hello hello hello"), uint64(1), byte(0))
	f.Add([]byte{}, uint64(2), byte(1))
	f.Add(bytes.Repeat([]byte("<p>some text</p>\n"), 20_000), uint64(3), byte(2))
	coder := newCoder()
	f.Fuzz(func(t *testing.T, body []byte, seed uint64, as byte) {
		dice := rand.New(rand.NewPCG(seed, 0))
		if dice.IntN(3) == 0 { // bodies that do not get smaller
			for i := range body {
				body[i] = byte(dice.Uint32())
			}
		}
		to := &client{}
		coding := coder.begin(to, int(as)%len(names))
		reader := decoder(t, names[coding.as], writeSome(t, coding, to, body, dice))
		got, err := io.ReadAll(reader)
		if err != nil || !bytes.Equal(got, body) {
			t.Fatalf("%s: %d bytes are read as %d, %v", names[coding.as], len(body), len(got), err)
		}
		if sent := coding.Close(); sent == 0 || len(to.ended) != 1 {
			t.Errorf("%d bytes are said to be sent, trailers %q", sent, to.ended)
		}
	})
}

// writeSome writes a body in parts, with flushes between some, and returns what
// the client got.
func writeSome(t *testing.T, coding *coding, to *client, body []byte, dice *rand.Rand) io.Reader {
	for rest := body; len(rest) > 0; {
		n := 1 + dice.IntN(len(rest))
		if written, err := coding.Write(rest[:n]); err != nil || written != n {
			t.Fatal(err, written)
		}
		rest = rest[n:]
		if dice.IntN(2) == 0 {
			if err := coding.Flush(); err != nil {
				t.Fatal(err)
			}
			readable(t, names[coding.as], to.body.Bytes(), body[:len(body)-len(rest)])
		}
	}
	if err := coding.End([]exchange.Field{{}}); err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(to.body.Bytes())
}

// readable fails unless all of want can be read of what has come.
func readable(t *testing.T, name string, come, want []byte) {
	got := make([]byte, len(want))
	if _, err := io.ReadFull(decoder(t, name, bytes.NewReader(come)), got); err != nil || !bytes.Equal(got, want) {
		t.Fatalf("%s: of %d bytes not all can be read after a flush: %v", name, len(want), err)
	}
}

// TestAFlushWithoutNewsAddsNothing.
func TestAFlushWithoutNewsAddsNothing(t *testing.T) {
	for as := range names {
		to := &client{}
		coding := newCoder().begin(to, as)
		coding.Write([]byte("x"))
		coding.Flush()
		n := to.body.Len()
		for range 10 {
			coding.Flush()
		}
		if to.body.Len() != n || to.flushed != 11 {
			t.Errorf("%s: %d bytes became %d, %d flushes", names[as], n, to.body.Len(), to.flushed)
		}
		coding.Close()
	}
}

// BenchmarkCoding is the cost of a body of 20 kB; what one coding holds is the
// memory of a new one.
func BenchmarkCoding(b *testing.B) {
	var body []byte
	dice := rand.New(rand.NewPCG(1, 2))
	for len(body) < 20_000 {
		body = append(body, []byte("<li><a href=\"/item/")...)
		body = append(body, byte('a'+dice.IntN(26)), byte('0'+dice.IntN(10)), byte('0'+dice.IntN(10)))
		body = append(body, "\">an item of a list</a></li>\n"...)
	}
	for as, name := range names {
		b.Run(name, func(b *testing.B) {
			coder, to := newCoder(), &client{}
			b.ReportAllocs()
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				to.body.Reset()
				coding := coder.begin(to, as)
				coding.Write(body)
				coding.End(nil)
				coding.Close()
			}
			b.ReportMetric(float64(to.body.Len())/float64(len(body)), "size/size")
		})
		b.Run("new "+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				w := newEncoder(as)
				w.Reset(io.Discard)
				w.Write(body)
				w.Close()
			}
		})
	}
}
