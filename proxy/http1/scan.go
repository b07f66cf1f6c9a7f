package http1

import (
	"encoding/binary"
	"math/bits"
)

// controlAt returns the place of the first byte of b from i on that is no
// valueByte, or len(b). It looks at eight bytes at a time, as values are the
// bulk of a head.
func controlAt(b []byte, i int) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for i+8 <= len(b) {
		w := binary.LittleEndian.Uint64(b[i:])
		// The high bit of a byte is set where it is below 0x20 or is 0x7f. That
		// is exact up to and including the first such byte.
		del := w ^ 0x7f*ones
		found := ((w-0x20*ones)&^w | (del-ones)&^del) & highs
		if found == 0 {
			i += 8
			continue
		}
		i += bits.TrailingZeros64(found) >> 3
		if b[i] != '\t' {
			return i
		}
		i++
	}
	for i < len(b) && classes[b[i]]&valueByte != 0 {
		i++
	}
	return i
}

// isValue reports whether b may be a field value.
func isValue(b []byte) bool { return controlAt(b, 0) == len(b) }

// fieldScan finds header lines as their bytes arrive. The bytes seen so far
// must stay where they are. It refuses what cannot become a good line before
// the line is complete.
type fieldScan struct {
	pos   int // of the first line that was not returned
	colon int // of that line; 0 while it has not come
	seen  int // everything before is checked
}

// next returns the next header line of b: a name and a value, or none at the
// empty line that ends the header. set is the union of the classes of the
// name's bytes.
func (s *fieldScan) next(b []byte) (name, value []byte, set byte, err error) {
	if s.colon == 0 {
		if set, err = s.name(b); err != nil || s.colon == 0 {
			return nil, nil, 0, err
		}
	} else {
		set = classesOf(b[s.pos:s.colon])
	}
	end := controlAt(b, s.seen)
	if s.seen = end; end+1 >= len(b) {
		if end < len(b) && b[end] != '\r' {
			return nil, nil, 0, badEnd(b[end])
		}
		return nil, nil, 0, errMore
	}
	if b[end] != '\r' || b[end+1] != '\n' {
		return nil, nil, 0, badEnd(b[end])
	}
	name, value = b[s.pos:s.colon], trim(b[s.colon+1:end])
	*s = fieldScan{pos: end + 2, seen: end + 2}
	return name, value, set, nil
}

// name looks for the colon, or for the end of the header, which it passes over.
func (s *fieldScan) name(b []byte) (set byte, err error) {
	i := s.seen
	for i < len(b) && classes[b[i]]&tokenByte != 0 {
		set |= classes[b[i]]
		i++
	}
	if s.seen > s.pos {
		set |= classesOf(b[s.pos:s.seen])
	}
	s.seen = i
	switch {
	case i == len(b):
		return 0, errMore
	case b[i] == ':' && i > s.pos:
		s.colon, s.seen = i, i+1
		return set, nil
	case b[i] == '\r' && i == s.pos && i+1 == len(b):
		return 0, errMore
	case b[i] == '\r' && i == s.pos && b[i+1] == '\n':
		s.pos, s.seen = i+2, i+2
		return 0, nil
	case (b[i] == ' ' || b[i] == '\t') && i == s.pos:
		return 0, errFold
	case b[i] == '\n':
		return 0, errBareLF
	}
	return 0, errName
}

func classesOf(b []byte) (set byte) {
	for _, c := range b {
		set |= classes[c]
	}
	return set
}

func badEnd(c byte) error {
	if c == '\n' {
		return errBareLF
	}
	return errValue
}
