package cohort

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
)

// The value of the cookie is a random key of 16 bytes and its signature of 8,
// both in base64url: it says nothing of versions, so it need not end with a
// rollout, and nobody can choose a cohort with it.
const (
	keyText       = 22 // characters of the key
	signatureText = 11
)

// newCookie makes the value of a cookie.
func (s *Splitter) newCookie(dice func() uint64) string {
	var key [16]byte
	binary.BigEndian.PutUint64(key[:8], dice())
	binary.BigEndian.PutUint64(key[8:], dice())
	text := base64.RawURLEncoding.AppendEncode(nil, key[:])
	signature := s.sign(text)
	return string(append(append(text, '.'), signature[:]...))
}

// key is the key in the value of a cookie; nil if it was not signed with the
// secret.
func (s *Splitter) key(value []byte) []byte {
	if len(value) != keyText+1+signatureText || value[keyText] != '.' {
		return nil
	}
	key := value[:keyText]
	want := s.sign(key)
	if subtle.ConstantTimeCompare(want[:], value[keyText+1:]) != 1 {
		return nil
	}
	return key
}

// sign is the beginning of SHA-256 of secret and key. The key has a fixed length
// and most of the sum stays unknown, so that nothing can be appended.
func (s *Splitter) sign(key []byte) (text [signatureText]byte) {
	var room [128]byte
	sum := sha256.Sum256(append(append(room[:0], s.secret...), key...))
	base64.RawURLEncoding.Encode(text[:], sum[:8])
	return text
}

// cookie is the value of the first cookie with the name; nil when there is none
// (RFC 6265 section 5.4).
func cookie(r Request, name string) []byte {
	for n := 0; ; n++ {
		line := r.Header("cookie", n)
		if line == nil {
			return nil
		}
		for len(line) > 0 {
			var pair []byte
			pair, line, _ = bytes.Cut(line, []byte(";"))
			if key, value, ok := bytes.Cut(bytes.TrimSpace(pair), []byte("=")); ok && string(key) == name {
				return value
			}
		}
	}
}

// match is a rule that pins requests to a variant.
type match struct{ header, cookie, exact, to string }

func (m *match) fits(r Request) bool {
	value := []byte(nil)
	if m.header != "" {
		value = r.Header(m.header, 0)
	} else {
		value = cookie(r, m.cookie)
	}
	return value != nil && (m.exact == "" || string(value) == m.exact)
}
