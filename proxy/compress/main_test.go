package compress

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"go.uber.org/goleak"

	"weir/proxy/exchange"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// client is the Reply that a coding stands in front of.
type client struct {
	exchange.Reply
	body    bytes.Buffer
	flushed int // times
	ended   []exchange.Field
}

func (c *client) Write(p []byte) (int, error)         { return c.body.Write(p) }
func (c *client) Flush() error                        { c.flushed++; return nil }
func (c *client) End(trailers []exchange.Field) error { c.ended = trailers; return nil }

// decoder reads a coding.
func decoder(t testing.TB, name string, from io.Reader) io.Reader {
	t.Helper()
	var r io.Reader
	var err error
	switch name {
	case "gzip":
		r, err = gzip.NewReader(from)
	case "br":
		r = brotli.NewReader(from)
	case "zstd":
		var d *zstd.Decoder
		d, err = zstd.NewReader(from, zstd.WithDecoderConcurrency(1))
		t.Cleanup(d.Close)
		r = d
	default:
		r = from
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// fields makes fields of lines.
func fields(lines ...string) (list []exchange.Field) {
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		list = append(list, exchange.Field{Name: []byte(name), Value: []byte(value)})
	}
	return list
}

func lines(fields []exchange.Field) (list []string) {
	for _, f := range fields {
		list = append(list, fmt.Sprintf("%s: %s", f.Name, f.Value))
	}
	slices.Sort(list)
	return list
}

func newCoder() *Coder {
	return &Coder{Types: regexp.MustCompile(`^(text/.*|application/(javascript|json|grpc))`)}
}
