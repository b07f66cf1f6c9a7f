package intent

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"weir/route"
)

// Bounds of an intent; lengths are in bytes.
const (
	maxName     = 512 // of a scope
	maxVariant  = 128
	maxVariants = 64
	maxBy       = 256
	maxReason   = 2048
)

// InvalidError says what is wrong with an intent. Its text names the field, the
// value and what was expected.
type InvalidError struct{ text string }

func (e *InvalidError) Error() string { return e.text }

func invalid(format string, args ...any) error { return &InvalidError{fmt.Sprintf(format, args...)} }

// Check returns an *InvalidError for an intent that no store may hold. Whether
// the scope and its variants exist is for the table to say.
func Check(in route.Intent) error {
	if err := checkScope(in.Scope); err != nil {
		return err
	}
	if err := checkShares(in.Shares); err != nil {
		return err
	}
	switch {
	case len(in.By) > maxBy:
		return invalid("the author has %d bytes, at most %d fit", len(in.By), maxBy)
	case len(in.Reason) > maxReason:
		return invalid("the reason has %d bytes, at most %d fit", len(in.Reason), maxReason)
	case !in.Expires.IsZero() && !in.Expires.After(in.At):
		return invalid("it expires at %s, which is not after %s", in.Expires, in.At)
	}
	return nil
}

func checkScope(s route.Scope) error {
	switch {
	case s.Kind != "service" && s.Kind != "route":
		return invalid("scope kind %.40q is neither service nor route", s.Kind)
	case s.Name == "" || len(s.Name) > maxName:
		return invalid("%s %.80q is not 1 to %d bytes long", s.Kind, s.Name, maxName)
	case strings.ContainsFunc(s.Name, odd) && !conditioned(s):
		return invalid("%s %q holds a space or a control character", s.Kind, s.Name)
	}
	return nil
}

// conditioned reports whether s is a route's key with conditions: a source and
// options, each behind one blank.
func conditioned(s route.Scope) bool {
	words := strings.Split(s.Name, " ")
	for i, word := range words {
		if strings.ContainsFunc(word, odd) || word == "" || i > 0 && !strings.Contains(word, "=") {
			return false
		}
	}
	return s.Kind == "route"
}

func checkShares(shares map[string]route.Weight) error {
	if len(shares) == 0 || len(shares) > maxVariants {
		return invalid("there are %d shares, want 1 to %d", len(shares), maxVariants)
	}
	sum := 0
	for _, name := range slices.Sorted(maps.Keys(shares)) {
		share := shares[name]
		switch {
		case name == "" || len(name) > maxVariant:
			return invalid("variant %.80q is not 1 to %d bytes long", name, maxVariant)
		case strings.ContainsFunc(name, odd):
			return invalid("variant %q holds a space or a control character", name)
		case share < 0 || share > route.Full:
			return invalid("share %s of variant %s is not from 0%% to 100%%", share, name)
		}
		sum += int(share)
	}
	if sum > int(route.Full) {
		return invalid("the shares add up to %s, more than 100%%", route.Weight(sum))
	}
	return nil
}

func odd(r rune) bool { return r <= ' ' || r == 0x7f || r == '\uFFFD' }
