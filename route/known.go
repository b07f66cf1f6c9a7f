package route

import (
	"bytes"
	"net/netip"
)

// HashKey is what a client is known by for the strategy Hash.
type HashKey struct {
	Kind string // "client" for its address, "header" or "cookie"
	Name string // of the field, in lower case, or the cookie
}

// Of is the hash for Draw.Hash of what a client is known by: its address where
// the request has no such field or cookie.
func (k HashKey) Of(r Request) uint64 {
	var by []byte
	switch k.Kind {
	case "header":
		by = r.Header(k.Name, 0)
	case "cookie":
		by = Cookie(r, k.Name)
	}
	if len(by) > 0 {
		return hashText(by)
	}
	return HashAddr(r.Client())
}

// HashAddr is the hash for Draw.Hash of who is known by its address.
func HashAddr(a netip.Addr) uint64 {
	b := a.Unmap().As16()
	return hashText(b[:])
}

// hashText is a hash that is the same on all proxies.
func hashText(text []byte) uint64 {
	h := uint64(14695981039346656037) // FNV-1a
	for _, c := range text {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return scatter(h)
}

// Cookie is the value of the first cookie of that name, in any of the Cookie
// fields of a request (RFC 9113 section 8.2.3); nil for none.
func Cookie(r interface {
	Header(lower string, n int) []byte
}, name string) []byte {
	for n := 0; ; n++ {
		field := r.Header("cookie", n)
		if field == nil {
			return nil
		}
		for rest := field; len(rest) > 0; {
			var pair []byte
			pair, rest, _ = bytes.Cut(rest, []byte(";"))
			key, value, ok := bytes.Cut(bytes.TrimSpace(pair), []byte("="))
			if ok && string(key) == name {
				return value
			}
		}
	}
}
