package http2

import (
	"bytes"

	"golang.org/x/net/http2/hpack"

	"weir/proxy/exchange"
)

// The lower-case characters of a token (RFC 9110 section 5.6.2) as bit sets.
const (
	nameLow  = 1<<'!' | 1<<'#' | 1<<'$' | 1<<'%' | 1<<'&' | 1<<'\'' | 1<<'*' | 1<<'+' | 1<<'-' | 1<<'.' | uint64(0x3ff)<<'0'
	nameHigh = 1<<('^'-64) | 1<<('_'-64) | 1<<('`'-64) | 1<<('|'-64) | 1<<('~'-64) | uint64(0x3ffffff)<<('a'-64)
)

func nameByte(c byte) bool {
	return c < 64 && uint64(nameLow)>>c&1 != 0 || c >= 64 && c < 128 && uint64(nameHigh)>>(c-64)&1 != 0
}

// validName reports whether s is a field name as it may stand in HTTP/2:
// a token without upper-case letters (RFC 9113 section 8.2.1).
func validName(s string) bool {
	for i := range len(s) {
		if !nameByte(s[i]) {
			return false
		}
	}
	return s != ""
}

// validValue reports whether s holds no control characters but tabs. White
// space at its ends is for the caller to judge.
func validValue(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

func isToken(b []byte) bool {
	for _, c := range b {
		if !nameByte(c) && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return len(b) > 0
}

// head is a decoded header block. All slices point into buf.
type head struct {
	buf       []byte
	fields    []exchange.Field // in the order of the block, pseudo fields first
	pseudo    int              // number of pseudo fields
	size      int              // as SETTINGS_MAX_HEADER_LIST_SIZE counts it
	malformed bool             // breaks a rule of RFC 9113 section 8.2 or 8.3
	tooLarge  bool             // fields are missing: a limit was reached
}

// keepHead is how large a buffer may be to be kept for the next block, in bytes.
const keepHead = 8 << 10

func (h *head) reset() {
	if cap(h.buf) > keepHead {
		*h = head{}
	}
	*h = head{buf: h.buf[:0], fields: h.fields[:0]}
}

// add takes one field of the block. Slices of earlier fields stay valid when
// buf moves: they keep the old array.
func (h *head) add(f hpack.HeaderField, maxBytes, maxFields int) {
	h.size += len(f.Name) + len(f.Value) + 32
	if h.size > maxBytes || len(h.fields) >= maxFields {
		h.tooLarge = true
	}
	if !h.valid(f) {
		h.malformed = true
	}
	if h.malformed || h.tooLarge {
		return
	}
	at := len(h.buf)
	h.buf = append(append(h.buf, f.Name...), f.Value...)
	mid := at + len(f.Name)
	h.fields = append(h.fields, exchange.Field{Name: h.buf[at:mid:mid], Value: h.buf[mid:len(h.buf):len(h.buf)]})
}

// valid checks name, value, and that pseudo fields come first (section 8.3).
func (h *head) valid(f hpack.HeaderField) bool {
	if !validValue(f.Value) {
		return false
	}
	if f.IsPseudo() {
		h.pseudo++
		return h.pseudo == len(h.fields)+1
	}
	return validName(f.Name)
}

// joined makes one field value of several in buf.
func (h *head) joined(values [][]byte, sep string) []byte {
	at := len(h.buf)
	h.buf = append(h.buf, bytes.Join(values, []byte(sep))...)
	return h.buf[at:len(h.buf):len(h.buf)]
}

// number reads digits and nothing else; -1 when v is something else.
func number(v []byte) int64 {
	if len(v) == 0 || len(v) > 18 {
		return -1
	}
	n := int64(0)
	for _, c := range v {
		if c < '0' || c > '9' {
			return -1
		}
		n = n*10 + int64(c-'0')
	}
	return n
}

// connectionField reports whether a field belongs to an HTTP/1 connection and
// has no place in HTTP/2 (RFC 9113 section 8.2.2).
func connectionField(name []byte) bool {
	switch string(name) {
	case "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade":
		return true
	}
	return false
}

// trimmed cuts white space from both ends.
func trimmed(v []byte) []byte { return bytes.Trim(v, " \t") }

func hasEdgeSpace(v []byte) bool { return len(trimmed(v)) != len(v) }
