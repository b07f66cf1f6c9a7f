package accesslog

import (
	"strconv"
	"testing"
	"unicode/utf8"
)

// unquoteText reads what escapeText wrote.
func unquoteText(t *testing.T, b []byte) (out []byte) {
	for i := 0; i < len(b); i++ {
		if b[i] < ' ' || b[i] > '~' || b[i] == '"' {
			t.Fatalf("%q has a bad byte", b)
		}
		if b[i] != '\\' {
			out = append(out, b[i])
			continue
		}
		n, err := strconv.ParseUint(string(b[i+2:i+4]), 16, 8)
		if err != nil || b[i+1] != 'x' {
			t.Fatalf("%q: %v", b, err)
		}
		out = append(out, byte(n))
		i += 3
	}
	return out
}

// latin1 is what escapeJSON stands for: the text, or the bytes as characters
// where it is none.
func latin1(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	var runes []rune
	for _, c := range b {
		runes = append(runes, rune(c))
	}
	return string(runes)
}
