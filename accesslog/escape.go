package accesslog

import "unicode/utf8"

// maxValue bounds one value in bytes, before it is escaped: what a client sends
// is not to fill a disk by itself.
const maxValue = 4096

const hexDigits = "0123456789abcdef"

// escapeText makes b[at:], which may come from anybody, a part of a line that can
// neither end the line nor a pair of quotes nor do something to a terminal.
func escapeText(b []byte, at int) []byte {
	return escape(cut(b, at), at, textBad, func(out []byte, c byte) []byte {
		return append(out, '\\', 'x', hexDigits[c>>4], hexDigits[c&15])
	})
}

// escapeJSON makes b[at:] the inside of a JSON string (RFC 8259 section 7). Bytes
// that are not UTF-8 become the characters of the same number.
func escapeJSON(b []byte, at int) []byte {
	b = cut(b, at)
	bad := jsonBad
	if utf8.Valid(b[at:]) {
		bad = jsonBadUTF8
	}
	return escape(b, at, bad, func(out []byte, c byte) []byte {
		if c == '"' || c == '\\' {
			return append(out, '\\', c)
		}
		return append(out, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
	})
}

func textBad(c byte) bool     { return c < ' ' || c > '~' || c == '"' || c == '\\' }
func jsonBad(c byte) bool     { return c < ' ' || c > '~' || c == '"' || c == '\\' }
func jsonBadUTF8(c byte) bool { return c < ' ' || c == 0x7f || c == '"' || c == '\\' }

// escape rewrites b[at:] only where it holds a bad byte.
func escape(b []byte, at int, bad func(byte) bool, put func([]byte, byte) []byte) []byte {
	first := at
	for first < len(b) && !bad(b[first]) {
		first++
	}
	if first == len(b) {
		return b
	}
	tail := append([]byte(nil), b[first:]...)
	b = b[:first]
	for _, c := range tail {
		if bad(c) {
			b = put(b, c)
		} else {
			b = append(b, c)
		}
	}
	return b
}

// cut shortens b[at:] where it is too long.
func cut(b []byte, at int) []byte {
	if len(b)-at <= maxValue {
		return b
	}
	return append(b[:at+maxValue], "..."...)
}
