package route

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// maxConditions bounds the conditions of one route, and the methods it names.
const maxConditions = 16

// readCondition reads one of the options method, header, cookie and query into
// s.when.
func (s *settings) readCondition(o option) (err error) {
	if s.when == nil {
		s.when = &conditions{}
	}
	w := s.when
	if o.key == "method" {
		w.methods, err = parseMethods(o.value)
		return err
	}
	for one := range strings.SplitSeq(o.value, "&") {
		c, err := parseCondition(o.key, one)
		if err != nil {
			return fmt.Errorf("%s=%s: %w", o.key, clip(o.value, 100), err)
		}
		w.fields = append(w.fields, c)
	}
	if len(w.fields) > maxConditions {
		return fmt.Errorf("there are more than %d conditions", maxConditions)
	}
	return nil
}

// parseMethods reads "GET,POST".
func parseMethods(text string) (methods []string, err error) {
	for m := range strings.SplitSeq(text, ",") {
		m = strings.ToUpper(m)
		if !isToken(m) {
			return nil, fmt.Errorf("method=%s: %q is no method; GET,POST is a list of them", clip(text, 100), clip(m, 40))
		}
		methods = append(methods, m)
	}
	slices.Sort(methods)
	if methods = slices.Compact(methods); len(methods) > maxConditions {
		return nil, fmt.Errorf("method= names more than %d methods", maxConditions)
	}
	return methods, nil
}

// parseCondition reads "NAME" or "NAME:VALUE", percent-encoded.
func parseCondition(kind, text string) (c condition, err error) {
	name, value, valued := strings.Cut(text, ":")
	if c.name, err = url.PathUnescape(name); err != nil {
		return c, err
	}
	switch c.kind = kind; {
	case c.name == "" || kind != "query" && !isToken(c.name):
		return c, fmt.Errorf("%q is no name; NAME or NAME:VALUE is asked for", clip(c.name, 40))
	case kind == "header":
		c.name = strings.ToLower(c.name)
		if c.name == "host" {
			return c, errors.New("the Host is the route's own")
		}
		if strings.ContainsAny(c.name, "_.") {
			return c, fmt.Errorf("no request has a field %s: those with _ or . in their names are dropped", c.name)
		}
	}
	if valued {
		c.value, err = parsePattern(value)
	}
	return c, err
}

// parsePattern reads a percent-encoded text in which * stands for any text.
func parsePattern(text string) (*pattern, error) {
	p := &pattern{}
	for part := range strings.SplitSeq(text, "*") {
		plain, err := url.PathUnescape(part)
		if err != nil {
			return nil, err
		}
		p.parts = append(p.parts, plain)
	}
	if len(p.parts) > maxStars+1 {
		return nil, fmt.Errorf("there are more than %d stars", maxStars)
	}
	return p, nil
}

// seal gives the conditions their text; nil where there are none.
func (c *conditions) seal() {
	if c == nil {
		return
	}
	byKind := map[string][]string{}
	for _, f := range c.fields {
		byKind[f.kind] = append(byKind[f.kind], f.text())
	}
	var words []string
	for _, kind := range slices.Sorted(maps.Keys(byKind)) {
		slices.Sort(byKind[kind])
		words = append(words, kind+"="+strings.Join(slices.Compact(byKind[kind]), "&"))
	}
	if len(c.methods) > 0 {
		words = append(words, "method="+strings.Join(c.methods, ","))
		slices.Sort(words)
	}
	c.text = strings.Join(words, " ")
}

func (c *condition) text() string {
	text := escapeCondition(c.name)
	if c.value == nil {
		return text
	}
	for i, part := range c.value.parts {
		text += [...]string{":", "*"}[min(i, 1)] + escapeCondition(part)
	}
	return text
}

// escapeCondition encodes what has a meaning in options.
func escapeCondition(s string) string {
	return escapeBytes(s, func(c byte) bool { return unreserved(c) || c == '/' || c == '@' })
}

// precedes orders conditioned routes of one host and path: most conditions
// first, then those that say most of values.
func (c *conditions) precedes(d *conditions) int {
	return cmp.Or(d.count()-c.count(), d.exactness()-c.exactness(), strings.Compare(c.text, d.text))
}

// exactness counts a whole value as more than a part of one.
func (c *conditions) exactness() (n int) {
	for _, f := range c.fields {
		if f.value != nil {
			n += 1 + btoi(len(f.value.parts) == 1)
		}
	}
	return n
}

// isToken reports whether s is a token (RFC 9110 section 5.6.2).
func isToken(s string) bool {
	for _, c := range []byte(s) {
		if !unreserved(c) && strings.IndexByte("!#$%&'*+^`|", c) < 0 {
			return false
		}
	}
	return s != "" && len(s) <= maxVariant
}

// parseKey reads what Route.Key gives: a source, and conditions as options.
func (o Options) parseKey(text string) (source, error) {
	at, options, _ := strings.Cut(text, " ")
	s, err := o.parseSource(at)
	if err != nil || options == "" {
		return s, err
	}
	list, err := splitOptions(options)
	if err != nil {
		return s, err
	}
	var set settings
	for _, one := range list {
		if !slices.Contains([]string{"method", "header", "cookie", "query"}, one.key) {
			return s, fmt.Errorf("%s=%s is no condition", one.key, one.value)
		}
		if err := set.readCondition(one); err != nil {
			return s, err
		}
	}
	set.when.seal()
	s.when = set.when
	return s, nil
}
