package tlssni_test

import (
	"bytes"
	"crypto/tls"
	"io"
	"reflect"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"weir/tlssni"
)

// segments yields its input in reads of the given sizes.
type segments struct {
	rest  []byte
	sizes []int
}

func (s *segments) Read(p []byte) (int, error) {
	if len(s.rest) == 0 {
		return 0, io.EOF
	}
	n := min(len(p), len(s.rest))
	if len(s.sizes) > 0 {
		n, s.sizes = min(n, s.sizes[0]), s.sizes[1:]
	}
	copy(p, s.rest[:n])
	s.rest = s.rest[n:]
	return n, nil
}

// However a hello is cut into records and segments, it reads the same, and no
// byte of it or behind it gets lost.
func TestAnySplitReadsTheSame(t *testing.T) {
	whole := clientHello(t, &tls.Config{ServerName: "App.Example.com", NextProtos: []string{"h2", "http/1.1"}})
	want, _, err := tlssni.Read(bytes.NewReader(whole), nil)
	if err != nil || want.ServerName != "app.example.com" {
		t.Fatal(want, err)
	}
	rapid.Check(t, func(t *rapid.T) {
		raw := records(whole[5:], rapid.SliceOf(rapid.IntRange(1, 600)).Draw(t, "records")...)
		behind := rapid.SliceOfN(rapid.Byte(), 0, 3000).Draw(t, "behind")
		sent := append(raw, behind...)
		from := &segments{sent, rapid.SliceOf(rapid.IntRange(1, 900)).Draw(t, "segments")}
		got, read, err := tlssni.Read(from, make([]byte, 0, rapid.IntRange(0, 4096).Draw(t, "buffer")))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v, %v; want %+v", got, err, want)
		}
		if rest, _ := io.ReadAll(from); !bytes.Equal(append(read, rest...), sent) {
			t.Fatal("bytes were lost or changed")
		}
	})
}

func TestGreatestHelloInSmallestRecords(t *testing.T) {
	padding := tlssni.MaxHello - len(message(nameExtension("app.example.com"), extension(21))) + 4
	m := message(nameExtension("app.example.com"), extension(21, make([]byte, padding)...))
	lengths := make([]int, len(m))
	for i := range lengths {
		lengths[i] = 1
	}
	raw := records(m, lengths...)
	hello, read, err := tlssni.Read(iotest.OneByteReader(bytes.NewReader(raw)), nil)
	if err != nil || hello.ServerName != "app.example.com" || len(read) != len(raw) {
		t.Fatal(hello, len(read), err)
	}
}
