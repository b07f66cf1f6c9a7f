package http1

import "encoding/binary"

// Classes of bytes; classes[c] is the set that c is in.
const (
	tokenByte  = 1 << iota // RFC 9110 section 5.6.2
	aliasByte              // '_' and '.', which some servers take for '-' in a field name
	targetByte             // printable, but not # \ " < >
	hostByte               // unreserved of RFC 3986 section 2.3
	valueByte              // of a field value: visible, space, tab, or above ASCII
)

const classes = "" +
	"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00" +
	"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" +
	"\x10\x15\x10\x11\x15\x15\x15\x15\x14\x14\x15\x15\x14\x1d\x1f\x14" +
	"\x1d\x1d\x1d\x1d\x1d\x1d\x1d\x1d\x1d\x1d\x14\x14\x10\x14\x10\x14" +
	"\x14\x1d\x1d\x1d\x1d\x1d\x1d\x1d\x1d\x1d\x1d\x1d\x1d\x1d\x1d\x1d" +
	"\x1d\x1d\x1d\x1d\x1d\x1d\x1d\x1d\x1d\x1d\x1d\x14\x10\x14\x15\x1f" +
	"\x15\x1d\x1d\x1d\x1d\x1d\x1d\x1d\x1d\x1d\x1d\x1d\x1d\x1d\x1d\x1d" +
	"\x1d\x1d\x1d\x1d\x1d\x1d\x1d\x1d\x1d\x1d\x1d\x14\x15\x14\x1d\x00" +
	"\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10" +
	"\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10" +
	"\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10" +
	"\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10" +
	"\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10" +
	"\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10" +
	"\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10" +
	"\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10"

// all reports whether every byte of b is of the class.
func all(b []byte, class byte) bool {
	for _, c := range b {
		if classes[c]&class == 0 {
			return false
		}
	}
	return true
}

// isToken reports whether b is a token, which has at least one byte.
func isToken(b []byte) bool { return len(b) > 0 && all(b, tokenByte) }

// isValue reports whether b may be a field value. It looks at eight bytes at a
// time, as values are the bulk of a head.
func isValue(b []byte) bool {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for ; len(b) >= 8; b = b[8:] {
		w := binary.LittleEndian.Uint64(b)
		below := (w - 0x20*ones) &^ w // high bit: a byte below 0x20, or a borrow from one
		del := w ^ 0x7f*ones
		del = (del - ones) &^ del
		if (below|del)&highs != 0 && !all(b[:8], valueByte) {
			return false
		}
	}
	return all(b, valueByte)
}

// trim takes spaces and tabs off both ends: OWS of RFC 9110 section 5.6.3.
func trim(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		b = b[1:]
	}
	for len(b) > 0 && (b[len(b)-1] == ' ' || b[len(b)-1] == '\t') {
		b = b[:len(b)-1]
	}
	return b
}
