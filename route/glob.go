package route

import (
	"fmt"
	"strings"

	"github.com/gobwas/glob"
)

// Bounds of one glob, so that a match costs a bounded number of steps.
const (
	maxAlternatives = 64
	maxStars        = 16
)

// globs matches what any of its patterns matches.
type globs []*glob.Pattern

func (g globs) match(s string) bool {
	for _, p := range g {
		if p.Match(s) {
			return true
		}
	}
	return false
}

// compileGlob compiles a pattern in which * matches any text, dots and slashes
// too. The alternatives {a,b} are multiplied out first: without them a match is
// never exponential.
func compileGlob(pattern string) (globs, error) {
	if n := strings.Count(pattern, "*"); n > maxStars {
		return nil, fmt.Errorf("glob %q has %d stars, at most %d are allowed", pattern, n, maxStars)
	}
	alternatives, ok := expandBraces(pattern)
	if !ok {
		return nil, fmt.Errorf("glob %q has more than %d alternatives", pattern, maxAlternatives)
	}
	var all globs
	for _, a := range alternatives {
		p, err := glob.Compile(a)
		if err != nil {
			return nil, fmt.Errorf("glob %q: %w", pattern, err)
		}
		all = append(all, p)
	}
	return all, nil
}

// expandBraces multiplies out "{a,b}c" to "ac" and "bc"; ok is false when that
// makes more than maxAlternatives. An unclosed brace is left for the compiler
// to complain about.
func expandBraces(pattern string) (all []string, ok bool) {
	open, commas, end := findBraces(pattern)
	if end < 0 {
		return []string{pattern}, true
	}
	start := open + 1
	for _, stop := range append(commas, end) {
		tails, ok := expandBraces(pattern[start:stop] + pattern[end+1:])
		if !ok || len(all)+len(tails) > maxAlternatives {
			return nil, false
		}
		for _, tail := range tails {
			all = append(all, pattern[:open]+tail)
		}
		start = stop + 1
	}
	return all, true
}

// findBraces finds the first {…} outside escapes and character classes, and the
// commas between its alternatives. end is -1 when there is none.
func findBraces(pattern string) (open int, commas []int, end int) {
	depth := 0
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '\\':
			i++
		case c == '[':
			i = classEnd(pattern, i)
		case c == '{':
			if depth++; depth == 1 {
				open = i
			}
		case c == ',' && depth == 1:
			commas = append(commas, i)
		case c == '}' && depth > 0:
			if depth--; depth == 0 {
				return open, commas, i
			}
		}
	}
	return 0, nil, -1
}

// classEnd finds the ] of the class that begins at i, or the end of pattern.
func classEnd(pattern string, i int) int {
	for i++; i < len(pattern) && pattern[i] != ']'; i++ {
		if pattern[i] == '\\' {
			i++
		}
	}
	return i
}
