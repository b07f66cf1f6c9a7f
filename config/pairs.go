package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// pair is one option of an entry. The first of an entry may have no key.
type pair struct {
	key, value string
}

// entry is one element of fabio's list grammar,
//
//	list  = entry *("," entry)
//	entry = (value / option) *(";" option)
//	option = key "=" value
//
// in which a value, or the start of one, stands in single or double quotes if
// it holds one of , ; = and Go's escapes mean what they mean in Go.
type entry []pair

// parseEntries reads a list. Empty entries and options are skipped, as in
// fabio; an option without a value is an error, which fabio drops.
func parseEntries(s string) ([]entry, error) {
	if !utf8.ValidString(s) {
		return nil, errors.New("is not UTF-8")
	}
	var entries []entry
	var current entry
	for rest := s; ; {
		p, sep, after, err := parsePair(rest, len(current) == 0)
		if err != nil {
			return nil, fmt.Errorf("%w in the part that starts at character %d", err, len(s)-len(rest)+1)
		}
		if p != (pair{}) {
			current = append(current, p)
		}
		if sep != ';' && len(current) > 0 {
			entries, current = append(entries, current), nil
		}
		if sep == 0 {
			return entries, nil
		}
		rest = after
	}
}

// parsePair reads up to the next separator: ';', ',' or 0 at the end. An empty
// pair is none.
func parsePair(s string, first bool) (p pair, sep byte, rest string, err error) {
	token, s, err := parseToken(s, ",;=")
	if err != nil {
		return p, 0, "", err
	}
	if s != "" && s[0] == '=' {
		p.key = token
		if p.key == "" {
			return p, 0, "", errors.New("an option has no name")
		}
		p.value, s, err = parseToken(s[1:], ",;")
	} else if token != "" && !first {
		err = fmt.Errorf("option %s has no value", token)
	} else {
		p.value = token
	}
	if err != nil || s == "" {
		return p, 0, "", err
	}
	return p, s[0], s[1:], nil
}

// parseToken reads a text, quoted or not, up to one of the stops.
func parseToken(s, stops string) (token, rest string, err error) {
	s = strings.TrimLeftFunc(s, unicode.IsSpace)
	quoted := ""
	if s != "" && (s[0] == '"' || s[0] == '\'') {
		if quoted, s, err = unquote(s); err != nil {
			return "", "", err
		}
	}
	end := strings.IndexAny(s, stops)
	if end < 0 {
		end = len(s)
	}
	return quoted + strings.TrimRightFunc(s[:end], unicode.IsSpace), s[end:], nil
}

// unquote reads a quoted text at the start of s.
func unquote(s string) (text, rest string, err error) {
	var b strings.Builder
	quote := s[0]
	for rest = s[1:]; rest != ""; {
		if rest[0] == quote {
			return b.String(), rest[1:], nil
		}
		r, _, tail, err := strconv.UnquoteChar(rest, quote)
		if err != nil {
			return "", "", errors.New("a quoted text holds a bad escape sequence")
		}
		b.WriteRune(r)
		rest = tail
	}
	return "", "", errors.New("a quote is not closed")
}

// quote returns value so that parseToken reads it back.
func quote(value string) string {
	if value == "" || strings.ContainsAny(value, ",;=\"'\\") || strings.TrimSpace(value) != value || !printable(value) {
		return strconv.Quote(value)
	}
	return value
}

func printable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}

// options reads the options of an entry by their names. The messages start
// with what, which names the entry.
func (e entry) options(what string, set map[string]func(string) error) findings {
	var f findings
	seen := map[string]bool{}
	for _, p := range e {
		read, known := set[p.key]
		switch {
		case seen[p.key]:
			f.errs = append(f.errs, fmt.Sprintf("%s: option %s is given twice", what, p.key))
		case !known:
			f.errs = append(f.errs, fmt.Sprintf("%s: unknown option %s%s", what, optionName(p), meant(p.key, mapKeys(set))))
		default:
			if err := read(p.value); err != nil {
				f.errs = append(f.errs, strings.TrimSuffix(what+": "+p.key, ": ")+": "+err.Error())
			}
		}
		seen[p.key] = true
	}
	return f
}

// optionName returns what a message calls an option: the first may have no name.
func optionName(p pair) string {
	if p.key == "" {
		return strconv.Quote(p.value)
	}
	return p.key
}

func mapKeys(m map[string]func(string) error) []string {
	return slices.Sorted(maps.Keys(m))
}
