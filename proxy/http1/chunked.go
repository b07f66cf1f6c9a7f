package http1

import (
	"bytes"
	"io"

	"weir/proxy/exchange"
)

// Bounds of what surrounds chunk data.
const (
	chunkLine    = 256      // bytes of a size line with its extensions
	chunkExcess  = 16 << 10 // framing bytes that no data has made up for
	trailerLine  = 4 << 10  // bytes of a trailer line
	trailerBytes = 16 << 10 // of all trailer lines
	trailerLines = 64
)

// chunked decodes a chunked body (RFC 9112 section 7.1) as its bytes arrive.
// The zero value is ready.
type chunked struct {
	state    chunkState
	left     int64 // bytes of the chunk still to come
	excess   int64 // framing bytes that no data has made up for
	trailer  int   // bytes of trailer lines
	lines    int
	trailers []exchange.Field
}

type chunkState uint8

const (
	chunkSize    chunkState = iota
	chunkData               // left bytes
	chunkDataEnd            // CRLF
	chunkTrailer
	chunkDone
)

// next decodes the start of b. It returns the data bytes that come first, at
// most max and at least one, and how many bytes of b it used including these.
// The error is errMore when b does not decide more, and io.EOF at the end of
// the message.
func (c *chunked) next(b []byte, max int) (data []byte, used int, err error) {
	for {
		n := 0
		switch c.state {
		case chunkSize:
			n, err = c.size(b[used:])
		case chunkData:
			n = int(min(c.left, int64(len(b)-used), int64(max)))
			if n == 0 {
				return nil, used, errMore
			}
			c.left -= int64(n)
			if c.left == 0 {
				c.state = chunkDataEnd
			}
			return b[used : used+n], used + n, nil
		case chunkDataEnd:
			n, err = c.dataEnd(b[used:])
		case chunkTrailer:
			n, err = c.trailerLine(b[used:])
		default:
			err = io.EOF
		}
		used += n
		if err != nil {
			return nil, used, err
		}
	}
}

// size takes a chunk's size line.
func (c *chunked) size(b []byte) (n int, err error) {
	var l lines
	line, err := l.next(b[:min(len(b), chunkLine)])
	switch {
	case err == errMore && len(b) >= chunkLine:
		return 0, errChunkLine
	case err == errMore && len(b) > 0 && !isHex(b[0]), err == errControl:
		return 0, errChunk
	case err != nil:
		return 0, err
	}
	digits := 0
	for digits < len(line) && isHex(line[digits]) {
		c.left = c.left<<4 | int64(hexDigit(line[digits]))
		digits++
	}
	// 15 digits cannot overflow.
	if digits == 0 || digits > 15 || digits < len(line) && line[digits] != ';' {
		return 0, errChunk
	}
	c.state = chunkData
	if c.left == 0 {
		c.state = chunkTrailer
	}
	return l.pos, c.spend(int64(l.pos))
}

// spend keeps framing in proportion to data, so that a body cannot cost much
// more to read than it is worth. 16 bytes a chunk and twice the data are free.
func (c *chunked) spend(framing int64) error {
	c.excess = max(0, c.excess+framing-16-2*c.left)
	if c.excess > chunkExcess {
		return errExtensions
	}
	return nil
}

func (c *chunked) dataEnd(b []byte) (n int, err error) {
	for i := range min(len(b), 2) {
		if b[i] != "\r\n"[i] {
			return 0, errChunk
		}
	}
	if len(b) < 2 {
		return 0, errMore
	}
	c.state = chunkSize
	return 2, nil
}

func (c *chunked) trailerLine(b []byte) (n int, err error) {
	var scan fieldScan
	name, value, set, err := scan.next(b[:min(len(b), trailerLine)])
	switch {
	case err == errMore && len(b) >= trailerLine:
		return 0, errHead
	case err != nil:
		return 0, err
	case name == nil:
		c.state = chunkDone
		return scan.pos, nil
	}
	c.lines++
	c.trailer += scan.pos
	if c.lines > trailerLines || c.trailer > trailerBytes {
		return 0, errFields
	}
	if set&aliasByte == 0 && !forbiddenTrailer(name) {
		// The bytes of b will be overwritten before the trailers are sent.
		c.trailers = append(c.trailers, exchange.Field{Name: bytes.Clone(name), Value: bytes.Clone(value)})
	}
	return scan.pos, nil
}

// forbiddenTrailer reports whether a field must not come after the body, because
// it frames, routes, authorizes or identifies (RFC 9110 section 6.5.1), and
// would be believed late or by half of those who read it.
func forbiddenTrailer(name []byte) bool {
	if len(name) > 9 && exchange.EqualFold(name[:9], "x-forward") {
		return true
	}
	for _, n := range [...]string{
		"transfer-encoding", "content-length", "content-type", "content-encoding", "content-range",
		"host", "connection", "keep-alive", "proxy-connection", "te", "trailer", "upgrade", "http2-settings",
		"expect", "max-forwards", "range", "cache-control", "location", "retry-after", "vary", "age", "date",
		"authorization", "proxy-authorization", "www-authenticate", "proxy-authenticate", "cookie", "set-cookie",
		"forwarded", "via", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "true-client-ip", "cf-connecting-ip",
		"x-original-url", "x-rewrite-url", "x-http-method-override",
	} {
		if exchange.EqualFold(name, n) {
			return true
		}
	}
	return false
}
