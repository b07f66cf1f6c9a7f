package http1

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// What requests are put together from, good and bad.
var (
	methods  = []string{"GET", "GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "BREW", "get", "M-SEARCH", "G,T", ""}
	targets  = []string{"/", "/", "/a?b=c", "*", "http://b.test/x", "http://b.test", "HTTP://b.test?x", "https://b.test:81/x?y", "//c.test/x", "/%2f", "/%", "/a;b", "/?%zz", "/a%00", "/[", "/{}|^`", "/a?b?c#", "b.test:80", "", "/:80", "http://[::1]/", "http://b.test:/", "/~'()!$&*+,=@"}
	versions = []string{"HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "http/1.1", "HTTP/1.1 ", ""}
	hosts    = []string{"Host: a.test", "Host: a.test", "Host: a.test", "host:a.test:80", "Host: [::1]:80", "Host: a_b", "Host: a.test:", "Host: ", "Host: a b", "Host: a/b", "Host : a.test", ""}
	fields   = []string{"A: b", "A:b", "A: ", "A:  b \t", "a: c", "A: \xff", "A: b\x00", "A : b", "A_b: c", "A.b: c", ": b", "A", " A: b", "A: b\r\n c", "A: b\rc",
		"Connection: close", "Connection: keep-alive", "Connection: A", "Connection: close, a,,b", "Connection: content-length, host", "Connection: upgrade", "Connection: te, trailers",
		"Upgrade: websocket", "Upgrade: h2c", "HTTP2-Settings: x", "TE: trailers", "TE: gzip", "Keep-Alive: 5", "Proxy-Connection: x", "Proxy-Authorization: x",
		"Expect: 100-continue", "Expect: 100-Continue", "Expect: x", "Expect: 100-continue, x", "Expect: ", "Trailer: A", "Trailer: Content-Length", "Trailer: Host", "Trailer: Transfer-Encoding", "Trailer: Trailer", "Trailer: ",
		"Content-Length: 5", "Content-Length: 5", "Content-Length: 05", "Content-Length: +5", "Content-Length: 5, 5", "Content-Length: ", "Content-Length: 0", "content-length:5", "Content-Length: 999999999999999999999", "Content-Length: 0x5", "Content_Length: 5",
		"Transfer-Encoding: chunked", "Transfer-Encoding: chunked", "transfer-encoding:\tCHUNKED", "Transfer-Encoding: identity", "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: chunked, chunked", "Transfer-Encoding: ", "Transfer-Encoding: chunked;q=1", "Transfer-Encoding: \x0bchunked"}
	bodies = []string{"", "", "hello", "hello", "hell", "5\r\nhello\r\n0\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n", "5;a=b\r\nhello\r\n0;c\r\n\r\n", "0\r\nA: b\r\nX: y\r\n\r\n", "0\r\nContent-Length: 7\r\n\r\n", "0\r\nHost: x\r\nTrailer: x\r\n\r\n", "0\r\nA_b: c\r\nA: \xff\r\n\r\n",
		"5\r\nhello\r\n", "05\r\nhello\r\n00\r\n\r\n", "5 \r\nhello\r\n0\r\n\r\n", "5\nhello\n0\n\n", "+5\r\nhello\r\n0\r\n\r\n", "5\r\nhello0\r\n\r\n", "0\r\nA\r\n\r\n", "0\r\nA : b\r\n\r\n", "0\r\n A: b\r\n\r\n", "0\r\nA: b\x00\r\n\r\n", "5\r\n\r\n\r\n\r\r\n0\r\n\r\n", "ffffffffffffffff5\r\nhello\r\n0\r\n\r\n"}
)

// TestRequestsAgreeWithNetHTTP puts requests together from parts that each were
// trouble for somebody, which random bytes rarely are.
func TestRequestsAgreeWithNetHTTP(t *testing.T) {
	forwarded := 0
	check := func(t *rapid.T) {
		var b strings.Builder
		pick := func(from []string) string { return rapid.SampledFrom(from).Draw(t, "part") }
		for range rapid.IntRange(1, 3).Draw(t, "requests") {
			b.WriteString(pick(methods) + " " + pick(targets) + " " + pick(versions) + "\r\n")
			parts := []string{pick(hosts)}
			for range rapid.IntRange(0, 4).Draw(t, "fields") {
				parts = append(parts, pick(fields))
			}
			for _, line := range rapid.Permutation(parts).Draw(t, "order") {
				if line != "" {
					b.WriteString(line + "\r\n")
				}
			}
			b.WriteString("\r\n" + pick(bodies))
		}
		forwarded += checkForwarded(t, []byte(b.String()))
	}
	for range 20 { // of a hundred each
		rapid.Check(t, check)
	}
	if forwarded == 0 {
		t.Error("nothing was forwarded")
	}
}

var (
	statusLines = []string{"HTTP/1.1 200 OK", "HTTP/1.1 200 OK", "HTTP/1.1 200 OK", "HTTP/1.0 200 OK", "HTTP/1.1 204 No Content", "HTTP/1.1 304 Not Modified", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK",
		"HTTP/1.1 200", "HTTP/1.1 200 ", "HTTP/1.1 999 x", "HTTP/1.1 099 x", "HTTP/1.1 20 x", "HTTP/1.2 200 OK", "HTTP/2.0 200 OK", "http/1.1 200 OK", "HTTP/1.1  200 OK", "HTTP/1.1 +20 OK", "", "HTTP/1.1 101 x"}
	answerFields = []string{"A: b", "A:", "A : b", "A: \xff", "A: b\x00", "A: b\r\n c", "A_b: c", ": b", "Connection: close", "Connection: a", "Keep-Alive: 5", "Trailer: A", "Trailer: Content-Length", "Upgrade: h2c", "Set-Cookie: a", "Set-Cookie: b", "Date: x",
		"Content-Length: 5", "Content-Length: 5", "Content-Length: 05", "Content-Length: 5, 5", "Content-Length: -5", "Content-Length: +5", "Content-Length: ", "Content-Length: 99999999999999999999",
		"Transfer-Encoding: chunked", "Transfer-Encoding: CHUNKED", "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: identity", "Transfer-Encoding: "}
)

func TestAnswersAgreeWithNetHTTP(t *testing.T) {
	taken := 0
	check := func(t *rapid.T) {
		pick := func(from []string) string { return rapid.SampledFrom(from).Draw(t, "part") }
		raw := pick(statusLines) + "\r\n"
		for range rapid.IntRange(0, 4).Draw(t, "fields") {
			raw += pick(answerFields) + "\r\n"
		}
		raw += "\r\n" + pick(bodies) + pick([]string{"", "", "HTTP/1.1 200 OK\r\n\r\n"})
		if checkAnswer(t, []byte(raw), rapid.Bool().Draw(t, "head")) {
			taken++
		}
	}
	for range 20 { // of a hundred each
		rapid.Check(t, check)
	}
	if taken == 0 {
		t.Error("nothing was taken")
	}
}
