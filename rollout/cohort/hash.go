package cohort

import (
	"crypto/sha256"
	"encoding/binary"
)

// kind is what a client is known by. It is part of what is hashed, and so of
// the format: its values do not change.
type kind byte

const (
	byConnection kind = 'c'
	byCookie     kind = 'k'
	byHeader     kind = 'h'
	byAddress    kind = 'a'
)

// hash draws for a key. It is the beginning of SHA-256 of the length of the
// salt in two bytes, the salt, the kind and the key, so that everybody can
// compute it.
func (s *Splitter) hash(k kind, key []byte) Draw {
	var room [256]byte
	b := binary.BigEndian.AppendUint16(room[:0], uint16(len(s.salt)))
	b = append(b, s.salt...)
	b = append(b, byte(k))
	b = append(b, key...)
	sum := sha256.Sum256(b)
	return Draw{Variant: binary.BigEndian.Uint64(sum[:]), Client: binary.BigEndian.Uint32(sum[8:]), Counts: true}
}

// number draws by a number that is random already. The mark is the part of it
// that a share has least to do with, mixed.
func number(n uint64) Draw {
	return Draw{Variant: n, Client: uint32(n) * 0x9e3779b1, Counts: true}
}
