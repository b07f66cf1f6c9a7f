package conformance

import (
	"errors"
	"strings"
	"testing"
)

// TestStrictReader: the judge of what is sent on has to see what is wrong.
func TestStrictReader(t *testing.T) {
	const get, post = "GET / HTTP/1.1\r\nHost: a\r\n", "POST / HTTP/1.1\r\nHost: a\r\n"
	const chunked = post + "Transfer-Encoding: chunked\r\n\r\n"
	for in, want := range map[string]string{
		get + "\r\n":                                 "",
		post + "Content-Length: 2\r\n\r\nokGET":      "",
		chunked + "2\r\nok\r\n0\r\nX: y\r\n\r\n":     "",
		"GET http://a/x HTTP/1.1\r\nHost: a\r\n\r\n": "",
		get:                                                    "short",
		post + "Content-Length: 3\r\n\r\nok":                   "short",
		chunked + "2\r\nok\r\n0\r\n":                           "short",
		"GET / HTTP/1.1\nHost: a\r\n\r\n":                      "a bare LF",
		get + "X: a\rb\r\n\r\n":                                "byte 0xd",
		get + "X: a\x00b\r\n\r\n":                              "byte 0x0",
		get + " X: a\r\n\r\n":                                  "header line",
		get + "X : a\r\n\r\n":                                  "header line",
		"GET  / HTTP/1.1\r\nHost: a\r\n\r\n":                   "request line",
		"GET / HTTP/2.0\r\nHost: a\r\n\r\n":                    "request line",
		"GET a HTTP/1.1\r\nHost: a\r\n\r\n":                    "form of the target",
		"GET /# HTTP/1.1\r\nHost: a\r\n\r\n":                   "target",
		"GET http://b/x HTTP/1.1\r\nHost: a\r\n\r\n":           "Host",
		get + "Host: b\r\n\r\n":                                "2 Host fields",
		"GET / HTTP/1.1\r\n\r\n":                               "0 Host fields",
		get + "Content-Length: 0\r\nContent-Length: 0\r\n\r\n": "framed by",
		get + "Content-Length: +2\r\n\r\nok":                   "Content-Length",
		get + "Content-Length: 02\r\n\r\nok":                   "Content-Length",
		post + "Transfer-Encoding: x\r\n\r\n":                  "transfer coding",
		post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n": "framed by",
		chunked + "2;x\r\nok\r\n0\r\n\r\n":                                        "chunk size",
		chunked + "2\r\nokX\r\n0\r\n\r\n":                                         "a chunk ends with",
		chunked + "0\r\nContent-Length: 1\r\n\r\n":                                "trailer",
	} {
		_, faults, err := readMessage([]byte(in))
		got := strings.Join(faults, "; ")
		if errors.Is(err, errShort) {
			got = "short"
		}
		if want == "" && (got != "" || err != nil) || !strings.Contains(got, want) {
			t.Errorf("%q: %q, %v, want %q", in, got, err, want)
		}
	}
}
