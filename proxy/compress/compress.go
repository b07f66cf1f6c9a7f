// Package compress encodes the bodies of answers in gzip, Brotli or Zstandard for
// clients that take them, while they pass.
package compress

import (
	"regexp"
	"sync"
	"sync/atomic"

	"weir/proxy/exchange"
)

const (
	minBytes  = 512 // shorter bodies gain nothing
	maxCoding = 512 // at a time; what comes beyond goes as it is
)

// Coder is the exchange.Coder. Its field is set before the first use and does not
// change. It is safe for concurrent use.
type Coder struct {
	// Types says by their Content-Type which answers are encoded.
	Types *regexp.Regexp

	under atomic.Int64          // way
	pools [len(names)]sync.Pool // of *coding
}

var _ exchange.Coder = (*Coder)(nil)

// Code implements exchange.Coder.
func (c *Coder) Code(x *exchange.Exchange, status int, fields []exchange.Field, length int64, bodyless bool) (exchange.Coding, []exchange.Field) {
	a := examine(fields)
	if !codable(status) || a.plain || length >= 0 && length < minBytes && !bodyless || !c.Types.Match(a.kind) || isStream(a.kind) || refusesChange(x.Fields) {
		return nil, fields
	}
	if !a.varies {
		fields = append(fields, exchange.Field{Name: []byte("Vary"), Value: []byte("Accept-Encoding")})
	}
	as := choose(x.Fields)
	if bodyless || as < 0 {
		return nil, fields
	}
	if c.under.Add(1) > maxCoding {
		c.under.Add(-1)
		return nil, fields
	}
	return c.begin(x.Reply, as), changed(fields, as)
}

// codable reports whether the body of an answer of that status may be another one:
// a part of a body is a part of the body that the target has.
func codable(status int) bool {
	return status >= 200 && status != 204 && status != 205 && status != 206 && status != 304
}

// changed edits the fields of an answer whose body is encoded. Its ETag is of
// another body now, which means the same (RFC 9110 section 8.8.1), and ranges of
// it are not to be had.
func changed(fields []exchange.Field, as int) []exchange.Field {
	kept := fields[:0]
	for _, f := range fields {
		switch {
		case f.Is("accept-ranges"), f.Is("content-encoding"): // that of identity
			continue
		case f.Is("etag") && len(f.Value) > 0 && f.Value[0] == '"':
			f.Value = append([]byte("W/"), f.Value...)
		}
		kept = append(kept, f)
	}
	return append(kept, exchange.Field{Name: []byte("Content-Encoding"), Value: []byte(names[as])})
}
