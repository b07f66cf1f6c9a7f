package accesslog

import (
	"fmt"
	"strings"
)

// The formats that have a name, as templates.
const (
	common   = `$remote_host - - [$time_common] "$request" $response_status $response_body_size`
	combined = common + ` "$header.Referer" "$header.User-Agent"`
)

// format writes a line without its end.
type format interface {
	append(b []byte, w *line) []byte
}

// compile reads a format.
func compile(text string) (format, error) {
	switch text {
	case "json":
		return newJSON(), nil
	case "common":
		text = common
	case "combined":
		text = combined
	}
	return parseTemplate(text)
}

// template is text and fields, in turns.
type template []part

// part is a text and the field that follows it; the last one may have none.
type part struct {
	text  string
	field field
}

// append writes a line. A field without a value is a dash, so that columns stay
// where they are.
func (t template) append(b []byte, w *line) []byte {
	for i := range t {
		p := &t[i]
		b = append(b, p.text...)
		if p.field == nil {
			continue
		}
		at := len(b)
		if b = p.field(b, w); len(b) == at {
			b = append(b, '-')
			continue
		}
		b = escapeText(b, at)
	}
	return b
}

// parseTemplate reads text with fields in it: $NAME, or $header.NAME. A dollar
// that no name follows is itself.
func parseTemplate(text string) (template, error) {
	if i := strings.IndexFunc(text, isControl); i >= 0 || strings.TrimSpace(text) == "" {
		return nil, fmt.Errorf("%q is not common, combined, json or one line of text with fields such as $request", text)
	}
	known := fields()
	var t template
	before := ""
	for text != "" {
		literal, name, rest := cutField(text)
		before += literal
		text = rest
		if name == "" {
			continue
		}
		f := known[name]
		if h, ok := strings.CutPrefix(name, "header."); ok && h != "" {
			f = header(strings.ToLower(h))
		}
		if f == nil {
			return nil, fmt.Errorf("there is no field $%s", name)
		}
		t = append(t, part{before, f})
		before = ""
	}
	if before != "" {
		t = append(t, part{before, nil})
	}
	return t, nil
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// cutField splits text at its first field, whose name is returned without the
// dollar; empty where there is none in the literal and rest returned.
func cutField(text string) (literal, name, rest string) {
	at := strings.IndexByte(text, '$')
	if at < 0 {
		return text, "", ""
	}
	n := nameLength(text[at+1:])
	if n == 0 {
		return text[:at+1], "", text[at+1:]
	}
	name, rest = text[at+1:at+1+n], text[at+1+n:]
	if h, ok := strings.CutPrefix(rest, "."); ok && name == "header" {
		n = nameLength(h)
		name, rest = name+"."+h[:n], h[n:]
	}
	return text[:at], name, rest
}

// nameLength is how many bytes at the front of s may be a name.
func nameLength(s string) int {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '_', c == '-':
		default:
			return i
		}
	}
	return len(s)
}
