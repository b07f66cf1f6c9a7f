package route

import (
	"net/url"
	"strings"
	"unsafe"
)

// Asked is a request as the conditions of routes look at it. What it returns is
// not kept.
type Asked interface {
	Method() []byte
	// Header is the value of the nth field, from 0, with a name in lower case;
	// nil when there is none.
	Header(lower string, n int) []byte
	// Query is what stands behind the question mark of the request's target.
	Query() string
}

// conditions are what a route asks of a request besides host and path. Without
// any, nil, it takes all.
type conditions struct {
	methods []string // one of these
	fields  []condition
	text    string // as options, in a form that is equal for equal conditions
}

// condition asks for a header field, a cookie or a parameter of the query.
type condition struct {
	kind  string // the option: header, cookie or query
	name  string // of header fields in lower case
	value *pattern
}

// count is how many there are: the route with most conditions is looked at first.
func (c *conditions) count() int { return min(len(c.methods), 1) + len(c.fields) }

// String gives the conditions as options.
func (c *conditions) String() string {
	if c == nil {
		return ""
	}
	return c.text
}

// met reports whether a request meets all conditions.
func (c *conditions) met(r Asked) bool {
	if len(c.methods) > 0 && !oneOf(c.methods, r.Method()) {
		return false
	}
	for i := range c.fields {
		if !c.fields[i].met(r) {
			return false
		}
	}
	return true
}

func oneOf(methods []string, method []byte) bool {
	for _, m := range methods {
		if m == string(method) {
			return true
		}
	}
	return false
}

func (c *condition) met(r Asked) bool {
	switch c.kind {
	case "query":
		return c.inQuery(r.Query())
	case "cookie":
		for n := 0; ; n++ {
			field := r.Header("cookie", n)
			if field == nil {
				return false
			}
			if c.inCookies(view(field)) {
				return true
			}
		}
	}
	for n := 0; ; n++ {
		value := r.Header(c.name, n)
		if value == nil {
			return false
		}
		if c.value.match(view(value)) {
			return true
		}
	}
}

// inCookies reads a Cookie field (RFC 6265 section 4.2.1).
func (c *condition) inCookies(field string) bool {
	for pair := range strings.SplitSeq(field, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
		if name == c.name && c.value.match(value) {
			return true
		}
	}
	return false
}

// inQuery reads a query as forms make it. A part that cannot be decoded counts
// as it stands.
func (c *condition) inQuery(query string) bool {
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if decoded(name) == c.name && c.value.match(decoded(value)) {
			return true
		}
	}
	return false
}

func decoded(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}

// pattern is a text in which some parts may be anything; nil matches all.
type pattern struct {
	parts []string // between the stars
}

func (p *pattern) match(s string) bool {
	if p == nil {
		return true
	}
	first, last := p.parts[0], p.parts[len(p.parts)-1]
	if len(p.parts) == 1 {
		return s == first
	}
	if len(s) < len(first)+len(last) || !strings.HasPrefix(s, first) || !strings.HasSuffix(s, last) {
		return false
	}
	s = s[len(first) : len(s)-len(last)]
	for _, part := range p.parts[1 : len(p.parts)-1] {
		at := strings.Index(s, part)
		if at < 0 {
			return false
		}
		s = s[at+len(part):]
	}
	return true
}

// view lends b as a string for as long as b does not change.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
