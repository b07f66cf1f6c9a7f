package http2

import (
	"bytes"
	"hash/maphash"
	"strconv"
	"unsafe"

	"golang.org/x/net/http2/hpack"

	"weir/proxy/exchange"
)

const (
	seenSlots = 64  // a power of two
	maxIndex  = 256 // longest value that is worth a place in the table, in bytes
)

// encoder writes header blocks. A field enters the dynamic table when it comes
// the second time: what is never repeated neither allocates nor pushes out what is.
type encoder struct {
	hp    *hpack.Encoder
	buf   bytes.Buffer
	seed  maphash.Seed
	seen  []slot
	lower []byte
}

// slot remembers one field that was sent: by its hash alone, and from the
// second time on by its text, which hpack's table then shares.
type slot struct {
	hash        uint64
	name, value string
}

func newEncoder() *encoder {
	e := &encoder{seed: maphash.MakeSeed()}
	e.hp = hpack.NewEncoder(&e.buf)
	return e
}

// begin starts a block.
func (e *encoder) begin() {
	if e.buf.Cap() > keepHead {
		e.buf = bytes.Buffer{}
	}
	e.buf.Reset()
	if e.seen == nil {
		e.seen = make([]slot, seenSlots)
	}
}

func (e *encoder) fields(fields []exchange.Field) {
	for _, f := range fields {
		e.field(e.lowered(f.Name), f.Value)
	}
}

// constant adds a field that is the same text every time, such as a pseudo field.
func (e *encoder) constant(name, value string) {
	e.hp.WriteField(hpack.HeaderField{Name: name, Value: value}) // to a bytes.Buffer: never fails
}

// status adds the :status of an answer.
func (e *encoder) status(code int) {
	text := ""
	switch code {
	case 200:
		text = "200"
	case 204:
		text = "204"
	case 304:
		text = "304"
	case 404:
		text = "404"
	default:
		text = strconv.Itoa(code)
	}
	e.constant(":status", text)
}

// length adds a content-length.
func (e *encoder) length(n int64) {
	e.lower = strconv.AppendInt(e.lower[:0], n, 10)
	e.field(text("content-length"), e.lower)
}

func (e *encoder) field(name, value []byte) {
	if len(value) > maxIndex || secret(name) {
		e.literal(name, value)
		return
	}
	hash := maphash.Bytes(e.seed, name)*31 + maphash.Bytes(e.seed, value)
	s := e.slot(hash)
	switch {
	case s.hash != hash:
		*s = slot{hash: hash}
		e.literal(name, value)
		return
	case s.name == "":
		s.name, s.value = string(name), string(value)
	case s.name != string(name) || s.value != string(value):
		e.literal(name, value)
		return
	}
	e.constant(s.name, s.value)
}

// slot is where the field of that hash is remembered, or will be. There are two
// places for it, so that two fields do not put each other out all the time; the
// one used last is first.
func (e *encoder) slot(hash uint64) *slot {
	at := hash % seenSlots &^ 1
	first, second := &e.seen[at], &e.seen[at+1]
	if first.hash != hash {
		*first, *second = *second, *first
	}
	return first
}

// literal writes a field without a place in the dynamic table. hpack keeps no
// part of such a field, so it may look at the bytes where they are.
func (e *encoder) literal(name, value []byte) {
	e.hp.WriteField(hpack.HeaderField{Name: view(name), Value: view(value), Sensitive: true})
}

// lowered returns name in lower case, as HTTP/2 wants it, valid until the next call.
func (e *encoder) lowered(name []byte) []byte {
	for i, c := range name {
		if 'A' <= c && c <= 'Z' {
			e.lower = append(e.lower[:0], name...)
			for j := i; j < len(name); j++ {
				if c := name[j]; 'A' <= c && c <= 'Z' {
					e.lower[j] = c + 'a' - 'A'
				}
			}
			return e.lower
		}
	}
	return name
}

// secret names the fields whose values must not be guessed by the size of
// later blocks (RFC 7541 section 7.1.3).
func secret(name []byte) bool {
	switch string(name) {
	case "authorization", "proxy-authorization", "cookie", "set-cookie":
		return true
	}
	return false
}

// text lends a constant as bytes that nobody writes to.
func text(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

// view lends b as a string that must not outlive it.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
