package tlssni

import "slices"

// seen is a set of extension numbers. Clients send about twenty, for which it
// allocates nothing; a map bounds what a client can make it cost.
type seen struct {
	few  [32]uint16
	n    int
	many map[uint16]struct{}
}

// add reports whether number was not in the set.
func (s *seen) add(number uint16) bool {
	if slices.Contains(s.few[:s.n], number) {
		return false
	}
	if s.n < len(s.few) {
		s.few[s.n] = number
		s.n++
		return true
	}
	if s.many == nil {
		s.many = make(map[uint16]struct{})
	}
	before := len(s.many)
	s.many[number] = struct{}{}
	return len(s.many) > before
}
