package policy

import (
	"fmt"
	"strings"

	"github.com/agext/levenshtein"
)

// Problem is one thing that is wrong with a policy.
type Problem struct {
	Line  int    // of the text, from 1; 0 when unknown
	Path  string // "steps[2].analysis.max"; empty for the whole
	Value string // as it was written; empty when it is missing
	Want  string // what was expected
}

// String names the place, the value and what was expected.
func (p Problem) String() string {
	var b strings.Builder
	if p.Line > 0 {
		fmt.Fprintf(&b, "line %d: ", p.Line)
	}
	if p.Path != "" {
		b.WriteString(p.Path + ": ")
	}
	if p.Value != "" {
		fmt.Fprintf(&b, "%q: ", clip(p.Value))
	}
	return b.String() + p.Want
}

// Problems is all that is wrong with a policy, in the order of its text.
type Problems []Problem

// Error lists the problems, one a line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i := range p {
		lines[i] = p[i].String()
	}
	return strings.Join(lines, "\n")
}

// nearest is the name that is most like the given one, or "" when none is.
func nearest(name string, names []string) (best string) {
	likeness := 0.6
	for _, n := range names {
		if l := levenshtein.Match(strings.ToLower(name), n, nil); l > likeness {
			best, likeness = n, l
		}
	}
	return best
}

// oneOf says which words are possible, and which one was perhaps meant.
func oneOf(what string, names []string, given string) string {
	text := what + " " + strings.Join(names, ", ")
	if n := nearest(given, names); n != "" {
		text += "; did you mean " + n + "?"
	}
	return text
}

// clip cuts what is quoted to a readable length.
func clip(s string) string {
	if len(s) > 80 {
		return s[:80] + "…"
	}
	return s
}
