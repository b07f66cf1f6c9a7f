package exchange

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// refused is a route for each answer of weir's own.
const refused = `route add s foo.test/ http://10.0.0.1:80/
route add s foo.test/closed http://10.0.0.1:80/ opts "deny=ip:192.0.2.0/24"
route add s foo.test/locked http://10.0.0.1:80/ opts "auth=nobody"
route add s foo.test/down http://10.0.0.1:80/ weight 0`

func TestErrorsAsJSON(t *testing.T) {
	for path, c := range map[string]struct {
		host   string
		status int
		title  string
		detail string
	}{
		"/":       {"bar.test", 404, "Not Found", "no route"},
		"/%zz":    {"foo.test", 400, "Bad Request", "the path has a bad percent-encoding"},
		"/closed": {"foo.test", 403, "Forbidden", "access denied"},
		"/locked": {"foo.test", 401, "Unauthorized", "authorization failed"},
		"/down":   {"foo.test", 503, "Service Unavailable", "no instance of this route is up"},
		"/x":      {"foo.test", 502, "Bad Gateway", "no answer from the target"},
	} {
		reply := serve(t, &fakeTarget{refuse: []string{"10.0.0.1:80"}}, refused,
			request{uri: path, host: c.host, fields: []string{"Accept: application/json"}}, Policy{RequestID: "X-Rid"})
		var got struct {
			Title, Detail string
			Status        int
			Request       string `json:"request_id"`
		}
		if err := json.Unmarshal(reply.body.Bytes(), &got); err != nil {
			t.Errorf("%s: %v in %s", path, err, reply.body.String())
		}
		if reply.status != c.status || got.Status != c.status || got.Title != c.title || !strings.Contains(got.Detail, c.detail) && path != "/%zz" {
			t.Errorf("%s is answered %d %s", path, reply.status, reply.body.String())
		}
		want := []string{"Content-Type: application/problem+json", "X-Content-Type-Options: nosniff", "Cache-Control: no-store", "X-Rid: " + got.Request}
		if c.status == 503 {
			want = append(want, "Retry-After: 5")
		}
		for _, field := range want {
			if !slices.Contains(reply.fields, field) || len(got.Request) != 36 {
				t.Errorf("%s is answered with %q, not with %s", path, reply.fields, field)
			}
		}
	}
}

func TestWhoGetsJSON(t *testing.T) {
	for accept, json := range map[string]bool{
		"":                                  false,
		"*/*":                               false,
		"application/json":                  true,
		"Application/JSON;charset=utf-8":    true,
		"application/problem+json;q=0.1":    true,
		"application/*":                     true,
		"application/json;q=0":              false,
		"text/html, application/json":       false,
		"text/html;q=0.5,application/json":  true,
		"application/json, text/plain, */*": true,
		"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": false,
		strings.Repeat("text/css,", 100) + "application/json":             false,
	} {
		reply := serve(t, &fakeTarget{}, "", request{uri: "/", host: "foo.test", fields: []string{"Accept: " + accept}}, Policy{})
		if got := strings.HasPrefix(reply.body.String(), "{"); got != json || reply.status != 404 {
			t.Errorf("Accept: %.100s is answered %d %s", accept, reply.status, reply.body.String())
		}
	}
}

// TestErrorsAsText tell the request ID where there is one.
func TestErrorsAsText(t *testing.T) {
	for name, c := range map[string]struct{ policy, want string }{
		"without an ID": {"", "no route\n"},
		"with an ID":    {"X-Rid", "no route\nrequest "},
	} {
		reply := serve(t, &fakeTarget{}, "", request{uri: "/<b>", host: "foo.test"}, Policy{RequestID: c.policy})
		id := ""
		for _, f := range reply.fields {
			if v, ok := strings.CutPrefix(f, "X-Rid: "); ok {
				id = v
			}
		}
		if got := reply.body.String(); got != c.want && got != fmt.Sprint(c.want, id, "\n") {
			t.Errorf("%s: %q with %q", name, got, reply.fields)
		}
		if !slices.Contains(reply.fields, "Content-Type: text/plain; charset=utf-8") {
			t.Errorf("%s: %q", name, reply.fields)
		}
	}
}

// TestAnErrorHasNoBodyForHEAD.
func TestAnErrorHasNoBodyForHEAD(t *testing.T) {
	for _, accept := range []string{"*/*", "application/json"} {
		reply := serve(t, &fakeTarget{}, "", request{method: "HEAD", uri: "/", host: "foo.test", fields: []string{"Accept: " + accept}}, Policy{})
		if reply.status != 404 || reply.body.Len() > 0 || !reply.ended {
			t.Errorf("%s: %d %q", accept, reply.status, reply.body.String())
		}
	}
}

// TestThePageOfNoRoute is for those who do not ask for JSON.
func TestThePageOfNoRoute(t *testing.T) {
	for accept, want := range map[string]string{"text/html": "<h1>none</h1>", "application/json": `{"title":"Not Found"`} {
		h := &Handler{Chooser: &Chooser{Live: plain()}, NoRoute: func() (int, []byte) { return 404, []byte("<h1>none</h1>") }}
		reply := &recorder{}
		x := &Exchange{Reply: reply, Client: &Client{}, Request: Request{Method: []byte("GET"), URI: []byte("/"), Host: []byte("bar.test"),
			Fields: []Field{{[]byte("Accept"), []byte(accept)}}}}
		if !h.Serve(x) || reply.status != 404 || !strings.HasPrefix(reply.body.String(), want) {
			t.Errorf("%s: %d %s", accept, reply.status, reply.body.String())
		}
	}
}
