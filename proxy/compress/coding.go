package compress

import (
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"weir/proxy/exchange"
)

// Levels and windows: as fast as an edge needs it, and small, for there may be
// maxCoding of them.
const (
	gzipLevel    = 5
	brotliLevel  = 2
	brotliWindow = 18        // bits
	zstdWindow   = 256 << 10 // bytes
)

// encoder is what all three libraries make.
type encoder interface {
	io.WriteCloser
	Flush() error
	Reset(w io.Writer)
}

// begin takes a coding from its pool, in front of a reply.
func (c *Coder) begin(to exchange.Reply, as int) *coding {
	g, ok := c.pools[as].Get().(*coding)
	if !ok {
		g = &coding{coder: c, as: as, encoder: newEncoder(as)}
	}
	g.Reply = to
	g.encoder.Reset((*output)(g))
	return g
}

func newEncoder(as int) encoder {
	switch as {
	case brotliCoding:
		return brotli.NewWriterOptions(nil, brotli.WriterOptions{Quality: brotliLevel, LGWin: brotliWindow})
	case gzipCoding:
		w, err := gzip.NewWriterLevel(nil, gzipLevel)
		if err != nil {
			panic(err) // the level is a constant
		}
		return w
	}
	w, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest),
		zstd.WithWindowSize(zstdWindow), zstd.WithLowerEncoderMem(true), zstd.WithZeroFrames(true))
	if err != nil {
		panic(err) // the options are constants
	}
	return w
}

// coding is the Reply that encodes what it is given for another one.
type coding struct {
	exchange.Reply
	coder   *Coder
	as      int
	encoder encoder
	sent    int64 // bytes, encoded
	holds   bool  // the encoder has something that was not flushed
}

// output is where the encoder of a coding writes.
type output coding

// Write passes encoded bytes on.
func (o *output) Write(p []byte) (int, error) {
	n, err := o.Reply.Write(p)
	o.sent += int64(n)
	return n, err
}

// Head sends the head for a body of any length.
func (g *coding) Head(status int, fields []exchange.Field, _ int64, bodyless bool) error {
	return g.Reply.Head(status, fields, -1, bodyless)
}

// Write encodes p.
func (g *coding) Write(p []byte) (int, error) {
	g.holds = true
	return g.encoder.Write(p)
}

// Flush sends all that was written, so that the client can read it.
func (g *coding) Flush() error {
	if g.holds {
		g.holds = false
		if err := g.encoder.Flush(); err != nil {
			return err
		}
	}
	return g.Reply.Flush()
}

// End ends the encoded body.
func (g *coding) End(trailers []exchange.Field) error {
	if err := g.encoder.Close(); err != nil {
		return err
	}
	return g.Reply.End(trailers)
}

// Close gives the coding back to its pool.
func (g *coding) Close() (sent int64) {
	sent = g.sent
	g.Reply, g.sent, g.holds = nil, 0, false
	g.coder.under.Add(-1)
	g.coder.pools[g.as].Put(g)
	return sent
}
