package verdict

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"

	"weir/rollout/event"
)

// Limits of samples, in marks of 4 bytes.
const (
	// HitLimit bounds the memory of clients whose first bad event was counted.
	HitLimit = 2048
	// VisitorLimit bounds the memory of clients that came. Up to it they are
	// counted exactly, beyond it to about 4 %.
	VisitorLimit = 512

	maxLevel = 24
)

// Sample is a bounded set of client marks. While there is room it is the set
// itself. When it is full it keeps the marks that end in one more zero bit, and
// from then on takes only such: about half of all clients, the same on every
// proxy, chosen by a hash that has nothing to do with their cohort. So forgetting
// costs power and never validity, and clients that were counted and forgotten do
// not count again. The zero value is empty.
type Sample struct {
	level uint8
	marks []uint32 // ascending
}

// Add takes a mark and reports whether it is new: not in the set, and one that
// the set takes at all. limit is how many the set may hold.
func (s *Sample) Add(mark uint32, limit int) bool {
	if !s.takes(mark) {
		return false
	}
	at, there := slices.BinarySearch(s.marks, mark)
	if there {
		return false
	}
	s.marks = slices.Insert(s.marks, at, mark)
	for len(s.marks) > limit && s.level < maxLevel {
		s.raise(s.level + 1)
	}
	return true
}

// Merge takes in all of o.
func (s *Sample) Merge(o Sample, limit int) {
	if o.level > s.level {
		s.raise(o.level)
	}
	for _, m := range o.marks {
		s.Add(m, limit)
	}
}

// Count is how many different marks were added, exact while there was room.
func (s Sample) Count() uint64 { return uint64(len(s.marks)) << s.level }

// Level is how often the set was halved: it holds about one of 2^Level clients.
func (s Sample) Level() int { return int(s.level) }

func (s Sample) clone() Sample { return Sample{s.level, slices.Clone(s.marks)} }

func (s Sample) takes(mark uint32) bool { return mark&(1<<s.level-1) == 0 }

func (s *Sample) raise(level uint8) {
	s.level = level
	s.marks = slices.DeleteFunc(s.marks, func(m uint32) bool { return !s.takes(m) })
}

// hitKey makes one mark of a client and what it met.
func hitKey(e event.Event, mark uint32) uint32 {
	x := mark ^ (uint32(e)+1)*0x9e3779b9
	x = (x ^ x>>16) * 0x85ebca6b
	x = (x ^ x>>13) * 0xc2b2ae35
	return x ^ x>>16
}

// sampleText is a sample as JSON; marks are 4 bytes each, big endian.
type sampleText struct {
	Level uint8  `json:"level"`
	Marks string `json:"marks"`
}

// MarshalJSON prints the sample.
func (s Sample) MarshalJSON() ([]byte, error) {
	b := make([]byte, 0, 4*len(s.marks))
	for _, m := range s.marks {
		b = binary.BigEndian.AppendUint32(b, m)
	}
	return json.Marshal(sampleText{s.level, base64.StdEncoding.EncodeToString(b)})
}

// UnmarshalJSON reads what MarshalJSON prints and nothing that Add could not
// have made.
func (s *Sample) UnmarshalJSON(text []byte) error {
	var t sampleText
	if err := json.Unmarshal(text, &t); err != nil {
		return err
	}
	b, err := base64.StdEncoding.Strict().DecodeString(t.Marks)
	if err != nil || len(b)%4 != 0 || len(b) > 4*HitLimit || t.Level > maxLevel {
		return fmt.Errorf("sample of level %d with %d bytes of marks, want level 0 to %d and base64 of up to %d marks of 4 bytes",
			t.Level, len(b), maxLevel, HitLimit)
	}
	next := Sample{level: t.Level}
	for i := 0; i < len(b); i += 4 {
		m := binary.BigEndian.Uint32(b[i:])
		if n := len(next.marks); !next.takes(m) || n > 0 && next.marks[n-1] >= m {
			return fmt.Errorf("mark %#08x is out of order or not of level %d", m, t.Level)
		}
		next.marks = append(next.marks, m)
	}
	*s = next
	return nil
}
