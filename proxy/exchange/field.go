// Package exchange holds what every engine shares: one request and its answer,
// the decision where it goes, the header policy, the search for another target,
// and the hook that counts.
//
// An engine parses a request into an Exchange and calls Handler.Serve. Handler
// decides, edits the fields, and lets a Transport send the request to a target;
// the transport hands the answer back through the Exchange to the engine's Reply.
package exchange

// Field is one header or trailer field. Both slices belong to the engine or
// transport that made them and hold until the exchange ends.
type Field struct{ Name, Value []byte }

// Is reports whether the field has this name; lower must be lower case.
func (f Field) Is(lower string) bool { return EqualFold(f.Name, lower) }

// EqualFold compares b with lower, which must be lower case ASCII, ignoring the
// case of b. It allocates nothing.
func EqualFold(b []byte, lower string) bool {
	if len(b) != len(lower) {
		return false
	}
	for i := range b {
		c := b[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}
