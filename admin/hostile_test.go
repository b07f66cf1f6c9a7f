package admin

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
)

// dice makes choices by some bytes; without any left it takes the first.
type dice struct{ left []byte }

// roll is a number below n, which is at most 256.
func (d *dice) roll(n int) int {
	if len(d.left) == 0 {
		return 0
	}
	b := d.left[0]
	d.left = d.left[1:]
	return int(b) % n
}

// one in n.
func (d *dice) one(n int) bool { return d.roll(n) == n-1 }

func pick[T any](d *dice, list []T) T { return list[d.roll(len(list))] }

// odd are texts that no field expects.
var odd = []string{
	"", " ", "0", "-1", "1", "*", "true", "null", "NaN", "1e400", "-0.0", "9223372036854775808", "18446744073709551615", "0x10", "1_0",
	"..", ".", "/", "//", "/../..", "%", "%00", "%2F", "\x00", "\n", "a\r\nX: y", "\t", "\xff\xfe", "\u202eabc", "é", "😀", "\ufeff",
	"'", `"`, `\`, "{}", "[]", "<script>", "__proto__", "web", "app", "service/web", "route/web.test/", "service/", "/web", "canary", "stable",
	"10%", "0.5", "100%", "-5%", "1h", "1ns", "-1h", "9999999h", "2026-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0000-00-00T00:00:00Z",
	`"1"`, `W/"1"`, `"0"`, `"18446744073709551615"`, "schema", "127.0.0.1", "::1%eth0", "Cookie: a=b", ":", "a: b",
	"service: web", "service: app\nsteps: [{set_weight: 5%}]", "a: &a [*a,*a]", "route del web", "route add", strings.Repeat("x", 600), strings.Repeat("[", 5000),
}

// values are JSON that no field expects.
var values = []string{
	"null", "true", "0", "-1", "1.5", "1e308", "1e999", "18446744073709551615", "-9223372036854775809", `""`, `"x"`, "[]", "{}", "[[[[[]]]]]", `{"":{}}`, `{"a":1,"a":2}`,
}

// bodies are no bodies.
var bodies = []string{
	"", "{", "}", "null", "[]", `"x"`, "1", "{}{}", `{"a":}`, "\ufeff{}", "{\"a\":\"\xff\"}", `{"\u0000":1}`, `{"a":"\ud800"}`, strings.Repeat("[", 20000),
	strings.Repeat(`{"a":`, 2000), "a=b", "--x\r\n\r\n--x--", strings.Repeat("x", 300<<10),
}

// heads are header fields and values that they may have besides odd ones.
var heads = map[string][]string{
	"If-Match":        {"*", `"0"`, `"1"`, `"3"`, "1"},
	"Idempotency-Key": {"a", "b", "c"},
	"Content-Type":    {"application/json", "application/json; charset=utf-8", "text/plain", "application/cbor", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json;;", "/"},
	"Accept":          {"*/*", "text/html", "application/cbor", "application/json;q=0", "a/b;q=x,,;", "application/problem+json"},
	"Authorization":   {"Bearer wt_viewer", "Bearer wt_web", "Basic YWxpY2U6eA==", "Basic !", "Digest x", "Bearer"},
	"Last-Event-ID":   {"x-1", "-", "1"},
	"X-Request-Id":    {"r1"},
	"X-Weir-Csrf":     {"x"},
	"Cookie":          {"weir_session=x.y", "weir_session=", "a", ";;="},
	"Origin":          {"null", "http://evil.test"},
	"Accept-Encoding": {"gzip", "identity;q=0"},
	"Range":           {"bytes=0-0", "bytes=9-1"},
	"Expect":          {"100-continue"},
}

// hostile makes a request of an operation of the document, as bad as the dice
// have it. What is not bad is as in the example.
func (d *document) hostile(by []byte) (*operation, *http.Request) {
	r := &dice{by}
	all := d.operations()
	o := all[(r.roll(256)*256+r.roll(256))%len(all)]
	path, query, header := o.path, url.Values{}, http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer wt_admin"}}
	for _, p := range o.Parameters {
		text, there := fmt.Sprint(p.Example), p.Example != nil
		switch r.roll(6) {
		case 1:
			text, there = "", p.In == "path"
		case 2, 3:
			text = pick(r, odd)
		}
		switch {
		case p.In == "path":
			path = strings.ReplaceAll(path, "{"+p.Name+"}", url.PathEscape(text))
		case p.In == "query" && there:
			query.Add(p.Name, text)
		case there:
			header.Set(p.Name, text)
		}
	}
	names := slices.Sorted(maps.Keys(heads))
	for range r.roll(4) {
		if name := pick(r, names); r.one(3) {
			header.Set(name, pick(r, odd))
		} else {
			header.Set(name, pick(r, heads[name]))
		}
	}
	if r.one(4) {
		query.Add(pick(r, odd), pick(r, odd))
	}
	method := o.method
	if r.one(12) {
		method = pick(r, []string{"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "X"})
	}
	req := httptest.NewRequest(method, "http://127.0.0.1/", strings.NewReader(d.hostileBody(o, r)))
	req.URL = &url.URL{Scheme: "http", Host: "127.0.0.1", RawQuery: query.Encode()}
	if u, err := url.Parse(path); err == nil {
		req.URL.Path, req.URL.RawPath = u.Path, u.RawPath
	}
	req.Header = header
	return o, req
}

// hostileBody is a body of the operation's schema, more or less.
func (d *document) hostileBody(o *operation, r *dice) string {
	if o.RequestBody == nil && !r.one(8) {
		return ""
	}
	if o.RequestBody == nil || r.one(6) {
		return pick(r, bodies)
	}
	m := o.RequestBody.Content["application/json"]
	var example map[string]json.RawMessage
	if json.Unmarshal(m.Example, &example) != nil {
		return string(m.Example)
	}
	known := d.properties(m)
	for range r.roll(5) {
		name := pick(r, known)
		switch r.roll(5) {
		case 0:
			delete(example, name)
		case 1, 2:
			text, err := json.Marshal(pick(r, odd))
			if err == nil {
				example[name] = text
			}
		case 3:
			example[name] = json.RawMessage(pick(r, values))
		case 4:
			example[pick(r, odd)] = json.RawMessage(pick(r, values))
		}
	}
	return object(example)
}

// properties are the names of what a body may have.
func (d *document) properties(m *media) []string {
	s := m.Schema
	if ref, ok := s["$ref"].(string); ok {
		s = d.Components.Schemas[strings.TrimPrefix(ref, "#/components/schemas/")]
	}
	of, _ := s["properties"].(map[string]any)
	return append(slices.Sorted(maps.Keys(of)), "")
}

// object writes members as they are, good or not.
func object(members map[string]json.RawMessage) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(members)) {
		key, err := json.Marshal(name)
		if err == nil {
			parts = append(parts, string(key)+":"+string(members[name]))
		}
	}
	return "{" + strings.Join(parts, ",") + "}"
}
