package exchange

import (
	"bytes"
	"iter"
)

// maxWeighted bounds the elements of a list that are looked at: what comes behind
// them is as if it were not there.
const maxWeighted = 32

// Weighted yields the elements of a list such as Accept or Accept-Encoding (RFC
// 9110 section 12.4.2), at most 32, without their parameters, with their quality
// in thousandths: 1000 where none is given, 0 where it cannot be read. Elements
// that are empty are left out.
func Weighted(value []byte) iter.Seq2[[]byte, int] {
	return func(yield func([]byte, int) bool) {
		for n := 0; n < maxWeighted && len(value) > 0; n++ {
			var element []byte
			element, value = cutUnquoted(value, ',')
			name, params := cutUnquoted(element, ';')
			name = bytes.Trim(name, " \t")
			if len(name) > 0 && !yield(name, quality(params)) {
				return
			}
		}
	}
}

// quality is that of an element's parameters.
func quality(params []byte) int {
	for len(params) > 0 {
		var param []byte
		param, params = cutUnquoted(params, ';')
		name, value, _ := bytes.Cut(bytes.Trim(param, " \t"), []byte("="))
		if EqualFold(name, "q") {
			return thousandths(value)
		}
	}
	return 1000
}

// thousandths reads 0 to 1 with up to three decimals; anything else is 0.
func thousandths(b []byte) int {
	if len(b) == 0 || len(b) > len("0.123") || b[0] != '0' && b[0] != '1' || len(b) > 1 && b[1] != '.' {
		return 0
	}
	q, unit := int(b[0]-'0')*1000, 100
	for _, c := range b[min(len(b), 2):] {
		if c < '0' || c > '9' {
			return 0
		}
		q += int(c-'0') * unit
		unit /= 10
	}
	if q > 1000 {
		return 0
	}
	return q
}

// cutUnquoted cuts b at the first separator that is not inside a quoted string
// (RFC 9110 section 5.6.4).
func cutUnquoted(b []byte, separator byte) (before, after []byte) {
	quoted := false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && quoted:
			i++
		case c == separator && !quoted:
			return b[:i], b[i+1:]
		}
	}
	return b, nil
}
