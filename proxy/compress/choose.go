package compress

import (
	"weir/proxy/exchange"
)

// The codings, by their index the one that is preferred where the client likes
// several as much.
const (
	zstdCoding = iota
	brotliCoding
	gzipCoding
)

// names are the codings in Content-Encoding.
var names = [...]string{zstdCoding: "zstd", brotliCoding: "br", gzipCoding: "gzip"}

// choose returns the index of the coding that Accept-Encoding likes best (RFC
// 9110 section 12.5.3), or -1 where it likes none or the plain body better.
func choose(fields []exchange.Field) int {
	const unnamed = -1
	liked := [len(names)]int{unnamed, unnamed, unnamed}
	plain, others := unnamed, unnamed
	for i := range fields {
		if !fields[i].Is("accept-encoding") {
			continue
		}
		for name, q := range exchange.Weighted(fields[i].Value) {
			switch at := index(name); {
			case at >= 0:
				liked[at] = max(liked[at], q)
			case exchange.EqualFold(name, "identity"):
				plain = max(plain, q)
			case exchange.EqualFold(name, "*"):
				others = max(others, q)
			}
		}
	}
	best, bestQ := -1, 0
	for at, q := range liked {
		if q == unnamed {
			q = others
		}
		if q > bestQ && q >= plain {
			best, bestQ = at, q
		}
	}
	return best
}

// index is that of a coding's name, or -1.
func index(name []byte) int {
	switch {
	case exchange.EqualFold(name, "zstd"):
		return zstdCoding
	case exchange.EqualFold(name, "br"):
		return brotliCoding
	case exchange.EqualFold(name, "gzip"), exchange.EqualFold(name, "x-gzip"):
		return gzipCoding
	}
	return -1
}
