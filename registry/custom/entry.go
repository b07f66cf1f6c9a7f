package custom

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// entry is a route command by its parts. Names are compared without regard to
// case, and other fields, such as /api/routes has, are skipped.
type entry struct {
	Cmd     string
	Service string
	Src     string
	Dst     string
	Weight  float64 // of route add: 0 is none given, for fabio's own programs always write it
	Tags    []string
	Opts    options
}

// options are written as KEY=VALUE with blanks between them. In JSON they are an
// object, or that text, which /api/routes has.
type options string

// UnmarshalJSON implements json.Unmarshaler. The options of an object are in
// the order of their names.
func (o *options) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '"' {
		return json.Unmarshal(text, (*string)(o))
	}
	var byName map[string]string
	if err := json.Unmarshal(text, &byName); err != nil {
		return errors.New("opts is no object of texts")
	}
	var words []string
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		word := name + "=" + byName[name]
		if name == "" || strings.Contains(name, "=") || strings.ContainsFunc(word, unicode.IsSpace) {
			return fmt.Errorf("opts hold %q: %q, want no white space, and no = in the name", name, byName[name])
		}
		words = append(words, word)
	}
	*o = options(strings.Join(words, " "))
	return nil
}

// command is the entry as a line of the route command language.
func (e *entry) command() (string, error) {
	tags, opts := strings.Join(e.Tags, ","), string(e.Opts)
	if err := e.check(tags, opts); err != nil {
		return "", err
	}
	var weight string
	if e.Weight != 0 || e.Cmd == "route weight" {
		weight = strconv.FormatFloat(e.Weight, 'f', -1, 64)
	}
	switch e.Cmd {
	case "route add":
		return line(e.Cmd, e.Service, e.Src, e.Dst, clause("weight", weight), quoted("tags", tags), quoted("opts", opts)), nil
	case "route del":
		return line(e.Cmd, e.Service, e.Src, e.Dst, quoted("tags", tags)), nil
	case "route weight":
		return line(e.Cmd, e.Service, e.Src, clause("weight", weight), quoted("tags", tags)), nil
	}
	return "", fmt.Errorf("cmd is %q, want route add, route del or route weight", e.Cmd)
}

// check refuses what would be read as something else in a line.
func (e *entry) check(tags, opts string) error {
	if e.Cmd == "route add" && (e.Service == "" || e.Src == "" || e.Dst == "") {
		return errors.New("service, src or dst is missing, which route add needs")
	}
	for _, part := range []struct{ name, text string }{{"service", e.Service}, {"src", e.Src}, {"dst", e.Dst}} {
		if strings.ContainsFunc(part.text, func(r rune) bool { return unicode.IsSpace(r) || odd(r) }) {
			return fmt.Errorf("%s is %q, want no white space, quotes or control characters", part.name, part.text)
		}
	}
	for _, part := range []struct{ name, text string }{{"tags", tags}, {"opts", opts}} {
		if strings.ContainsFunc(part.text, odd) {
			return fmt.Errorf("%s hold %q, want no quotes or control characters", part.name, part.text)
		}
	}
	return nil
}

func odd(r rune) bool { return r == '"' || unicode.IsControl(r) }

// line joins the words that are there.
func line(words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " ")
}

func clause(name, value string) string {
	if value == "" {
		return ""
	}
	return name + " " + value
}

func quoted(name, value string) string {
	if value == "" {
		return ""
	}
	return name + ` "` + value + `"`
}
