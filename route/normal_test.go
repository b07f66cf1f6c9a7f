package route_test

import (
	"path"
	"strings"
	"testing"

	"weir/route"
)

func TestNormalPath(t *testing.T) {
	for raw, want := range map[string]string{
		"/":                   "/",
		"*":                   "*",
		"/a/b/":               "/a/b/",
		"/x/../bar":           "/bar",
		"/%2e%2e/bar":         "/bar",
		"/bar//z/":            "/bar/z/",
		"//x/bar":             "/x/bar",
		"///":                 "/",
		"/..":                 "/",
		"/../../a":            "/a",
		"/a/.":                "/a/",
		"/a/..":               "/",
		"/a/b/..":             "/a/",
		"/.well-known/x":      "/.well-known/x",
		"/...":                "/...",
		"/a/.../b":            "/a/.../b",
		"/%41%7e%2d%5f":       "/A~-_",
		"/a%2Fb%3fc%25d":      "/a%2Fb%3Fc%25d",
		"/%2561":              "/%2561",
		"/%0d%0a%00":          "/%0D%0A%00",
		"/a b\"<>\\^`{|}[]?#": "/a%20b%22%3C%3E%5C%5E%60%7B%7C%7D%5B%5D%3F%23",
		"/caf\u00e9/\x00\x7f": "/caf%C3%A9/%00%7F",
		"/!$&'()*+,;=:@-._~":  "/!$&'()*+,;=:@-._~",
		"/a;b=1/../c":         "/c",
		"/%2F../a":            "/%2F../a",
		"":                    "error",
		"a":                   "error",
		"http://foo.test":     "error",
		"/%":                  "error",
		"/%4":                 "error",
		"/%zz":                "error",
		"/%-1":                "error",
		"*/":                  "error",
	} {
		got, err := route.NormalPath(raw)
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("NormalPath(%q) = %q, %v, want %q", raw, got, err, want)
		}
	}
}

func TestNormalHost(t *testing.T) {
	for _, tt := range []struct {
		host, plain, tls string
	}{
		{"foo.test", "foo.test", "foo.test"},
		{"FOO.Test:80", "foo.test", "foo.test:80"},
		{"foo.test:443", "foo.test:443", "foo.test"},
		{"foo.test:8080", "foo.test:8080", "foo.test:8080"},
		{"[::1]:80", "[::1]", "[::1]:80"},
		{"", "", ""},
	} {
		if got := route.NormalHost(tt.host, false); got != tt.plain {
			t.Errorf("plain %q: %q, want %q", tt.host, got, tt.plain)
		}
		if got := route.NormalHost(tt.host, true); got != tt.tls {
			t.Errorf("TLS %q: %q, want %q", tt.host, got, tt.tls)
		}
	}
}

// FuzzNormalPath compares with path.Clean over the segments, and with itself.
func FuzzNormalPath(f *testing.F) {
	for _, s := range []string{"/", "/a/../b", "//x//", "/%2e%2E/%41%2f%25", "/a/.", "/..", "*", "/caf\u00e9 x", "/%zz", "/.%2e/a/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		got, err := route.NormalPath(raw)
		if err != nil {
			if strings.HasPrefix(raw, "/") && !strings.Contains(raw, "%") {
				t.Fatalf("NormalPath(%q): %v", raw, err)
			}
			return
		}
		if again, err := route.NormalPath(got); again != got || err != nil {
			t.Fatalf("NormalPath(%q) = %q, and of that %q, %v", raw, got, again, err)
		}
		if want := cleaned(raw); got != want {
			t.Fatalf("NormalPath(%q) = %q, want %q", raw, got, want)
		}
	})
}

// cleaned is NormalPath said in another way.
func cleaned(raw string) string {
	if raw == "*" {
		return raw
	}
	const unreserved = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(raw); i++ {
		c, encoded := raw[i], false
		if c == '%' {
			c = byte(strings.IndexByte(hex, upper(raw[i+1]))<<4 | strings.IndexByte(hex, upper(raw[i+2])))
			i, encoded = i+2, true
		}
		if strings.IndexByte(unreserved, c) >= 0 || !encoded && strings.IndexByte("/!$&'()*+,;=:@", c) >= 0 {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	s := b.String()
	clean := path.Clean(s)
	if clean != "/" && (strings.HasSuffix(s, "/") || strings.HasSuffix(s, "/.") || strings.HasSuffix(s, "/..")) {
		clean += "/"
	}
	return clean
}

func upper(c byte) byte { return strings.ToUpper(string(rune(c)))[0] }
