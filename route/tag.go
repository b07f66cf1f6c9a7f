package route

import (
	"fmt"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of a route tag.
const (
	maxTag     = 4096 // bytes
	maxOptions = 64
)

// Tag is a route tag taken apart.
type Tag struct {
	Source  string // ":port", "host/path" or "/path"; host lower-case, variables expanded
	Options string // separated by single spaces, as written
}

// String gives the tag without the tag prefix; ParseTag reads it back.
func (t Tag) String() string {
	if t.Options == "" {
		return t.Source
	}
	return t.Source + " " + t.Options
}

// Host is the host pattern of the tag's source, without the port, and that; empty
// where the source has none.
func (t Tag) Host() (name, port string) {
	host, _, _ := strings.Cut(t.Source, "/")
	name, port, _ = cutPort(host)
	return name, port
}

// OnHost is the tag with another name in place of its source's.
func (t Tag) OnHost(name string) Tag {
	was, _ := t.Host()
	t.Source = name + t.Source[len(was):]
	return t
}

// ParseTag reads "PREFIX SOURCE OPTION…", where SOURCE is ":port",
// "host[:port][/path]" or "/path". In SOURCE, $DC and ${DC} become the
// datacenter and other variables become nothing. The values of the options are
// not looked at. An error says which part of the tag cannot be read and why.
func ParseTag(prefix, datacenter, text string) (Tag, error) {
	s, options, err := Options{TagPrefix: prefix}.parseTag(datacenter, text)
	if err != nil {
		return Tag{}, err
	}
	return Tag{s.key(), options}, nil
}

func (o Options) parseTag(datacenter, text string) (s source, options string, err error) {
	words, err := o.tagWords(text)
	if err != nil {
		return s, "", err
	}
	s, err = o.parseSource(expand(words[0], datacenter))
	return s, strings.Join(words[1:], " "), err
}

// tagWords splits a tag, without its prefix, into at least one word.
func (o Options) tagWords(text string) ([]string, error) {
	text, ok := strings.CutPrefix(strings.TrimSpace(text), o.TagPrefix)
	if !ok {
		return nil, fmt.Errorf("tag does not begin with %q", o.TagPrefix)
	}
	if len(text) > maxTag {
		return nil, fmt.Errorf("tag is %d bytes long, at most %d are allowed", len(text), maxTag)
	}
	if err := checkText(text); err != nil {
		return nil, err
	}
	words := strings.Fields(text)
	switch n := len(words) - 1; {
	case n < 0:
		return nil, errNoSource
	case n > maxOptions:
		return nil, fmt.Errorf("tag has %d options, at most %d are allowed", n, maxOptions)
	}
	return words, nil
}

// checkText refuses what could be mistaken for more than one word or command
// wherever the tag is printed.
func checkText(text string) error {
	if !utf8.ValidString(text) {
		return fmt.Errorf("%q is not valid UTF-8", text)
	}
	for _, r := range text {
		if r == '"' || r != ' ' && (unicode.IsSpace(r) || !unicode.IsPrint(r)) {
			return fmt.Errorf("%q is not allowed here, nor any quote, control character or white space but blanks", r)
		}
	}
	return nil
}

// expand replaces $DC and ${DC} in a tag's source.
func expand(source, datacenter string) string {
	if !strings.Contains(source, "$") {
		return source
	}
	return os.Expand(source, func(name string) string {
		if name == "DC" {
			return datacenter
		}
		return ""
	})
}
