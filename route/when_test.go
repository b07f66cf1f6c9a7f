package route_test

import (
	"net/url"
	"strings"
	"testing"

	"weir/route"
)

// wanted is a request with these fields.
type wanted struct {
	method, query string
	fields        [][2]string
}

func (w *wanted) Method() []byte { return []byte(w.method) }
func (w *wanted) Query() string  { return w.query }
func (w *wanted) Header(lower string, n int) []byte {
	for _, f := range w.fields {
		if f[0] != lower {
			continue
		}
		if n--; n < 0 {
			return []byte(f[1])
		}
	}
	return nil
}

// askedFor answers "METHOD HOST PATH FIELD=VALUE…".
func askedFor(table *route.Table, words []string) string {
	path, query, _ := strings.Cut(words[2], "?")
	w := &wanted{method: words[0], query: query}
	for _, word := range words[3:] {
		if name, value, ok := strings.Cut(word, "="); ok {
			value, _ = url.PathUnescape(value)
			w.fields = append(w.fields, [2]string{name, value})
		}
	}
	return keyOf(table.Match(words[1], path, false, w))
}

func TestConditionsAllocateNothing(t *testing.T) {
	table, _ := route.Build(route.Input{Commands: []route.Commands{{Text: `route add s a.test/ http://10.0.0.1:80/
route add s a.test/ http://10.0.0.1:80/ opts "method=GET header=x-beta:1* query=a:b cookie=c"`}}})
	r := prepared{[]byte("GET"), []byte("10"), []byte("a=b; c=d")}
	if n := testing.AllocsPerRun(100, func() {
		if table.Match("a.test", "/x", false, &r).Conditions() == "" {
			t.Fatal("the conditions are not met")
		}
	}); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

// prepared is a request that makes nothing when it is asked.
type prepared struct{ method, beta, cookies []byte }

func (p *prepared) Method() []byte { return p.method }
func (p *prepared) Query() string  { return "z=1&a=b" }
func (p *prepared) Header(lower string, n int) []byte {
	switch {
	case n > 0:
		return nil
	case lower == "cookie":
		return p.cookies
	}
	return p.beta
}
