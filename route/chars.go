package route

// The characters of RFC 3986 as bit sets: bit c%64 of word c/64.
const (
	digitBits  = uint64(0x3ff) << '0'
	letterBits = uint64(0x3ffffff)<<('A'-64) | uint64(0x3ffffff)<<('a'-64)

	unreservedLow  = digitBits | 1<<'-' | 1<<'.'
	unreservedHigh = letterBits | 1<<('_'-64) | 1<<('~'-64)

	pathLow  = unreservedLow | 1<<'!' | 1<<'$' | 1<<'&' | 1<<'\'' | 1<<'(' | 1<<')' | 1<<'*' | 1<<'+' | 1<<',' | 1<<';' | 1<<'=' | 1<<':' | 1<<'/'
	pathHigh = unreservedHigh | 1<<('@'-64)
)

// unreserved reports whether c means the same encoded and plain (section 2.3).
func unreserved(c byte) bool {
	return c < 64 && unreservedLow>>c&1 != 0 || c >= 64 && c < 128 && unreservedHigh>>(c-64)&1 != 0
}

// pathByte reports whether c may stand in a path as it is: pchar or a slash
// (section 3.3).
func pathByte(c byte) bool {
	return c < 64 && pathLow>>c&1 != 0 || c >= 64 && c < 128 && pathHigh>>(c-64)&1 != 0
}

// unhex reads the two digits that s begins with.
func unhex(s string) (byte, bool) {
	if len(s) < 2 {
		return 0, false
	}
	hi, lo := hexDigit(s[0]), hexDigit(s[1])
	return byte(hi<<4 | lo), hi|lo >= 0
}

// hexDigit is the value of a hexadecimal digit, or -1.
func hexDigit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}
