package config

import (
	"fmt"
	"strings"

	"github.com/agext/levenshtein"
)

// Problem is one thing that is wrong with a configuration, or worth a warning.
type Problem struct {
	Key  string // as it was written
	From string // "flag", "env WEIR_PROXY_ADDR", "weir.yaml:7"; empty: weir's default
	Text string // what is wrong, and what was expected
}

// String returns "key (from): text".
func (p Problem) String() string {
	if p.From == "" {
		return p.Key + ": " + p.Text
	}
	return fmt.Sprintf("%s (%s): %s", p.Key, p.From, p.Text)
}

// Error holds everything that is wrong with a configuration.
type Error struct {
	Problems []Problem // at least one
}

// Error returns one line for each problem below a first line with their number.
func (e *Error) Error() string {
	var b strings.Builder
	word := "problems"
	if len(e.Problems) == 1 {
		word = "problem"
	}
	fmt.Fprintf(&b, "%d %s in the configuration", len(e.Problems), word)
	for _, p := range e.Problems {
		b.WriteString("\n  " + p.String())
	}
	return b.String()
}

// nearest returns the candidate most like name, or "" if none is near enough
// to be what was meant.
func nearest(name string, candidates []string) string {
	best, likeness := "", 0.6
	for _, c := range candidates {
		if s := levenshtein.Match(strings.ToLower(name), strings.ToLower(c), nil); s > likeness {
			best, likeness = c, s
		}
	}
	return best
}

// meant returns what a message about an unknown name ends with.
func meant(name string, candidates []string) string {
	if n := nearest(name, candidates); n != "" {
		return ", did you mean " + n + "?"
	}
	return ""
}
