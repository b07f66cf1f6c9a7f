package exchange

import (
	"bytes"
	"unsafe"
)

// add appends a field; the value must hold until the exchange ends.
func (x *Exchange) add(name string, value []byte) {
	x.Fields = append(x.Fields, Field{text(name), value})
}

// join makes one comma-separated list of both lists, in scratch.
func (x *Exchange) join(a, b [][]byte) []byte {
	if len(a) == 0 && len(b) == 1 {
		return b[0]
	}
	at := len(x.scratch)
	for _, list := range [...][][]byte{a, b} {
		for _, v := range list {
			if len(x.scratch) > at {
				x.scratch = append(x.scratch, ", "...)
			}
			x.scratch = append(x.scratch, v...)
		}
	}
	return x.scratch[at:]
}

// text lends a constant or configured string as bytes that nobody writes to.
func text(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

func or(a, b []byte) []byte {
	if a != nil {
		return a
	}
	return b
}

// hostPort is the port that the client named, or its scheme's default.
func hostPort(host []byte, c *Client) []byte {
	if i := bytes.LastIndexByte(host, ':'); i >= 0 && bytes.IndexByte(host[i:], ']') < 0 {
		return host[i+1:]
	}
	if c.TLS != nil {
		return text("443")
	}
	return text("80")
}
