package http1

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
)

const get = "GET /%s HTTP/1.1\r\nHost: a.test\r\n\r\n"

func TestPipelinedRequestsAreAnsweredInOrder(t *testing.T) {
	b := serveRaw(t, echo)
	w := start(t, "http://"+b.addr)
	c := w.dial(t)
	fmt.Fprintf(c, get+get+"POST /3 HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\n\r\nabc"+get, "1", "2", "4")
	var r strictReader
	for i, want := range []string{"GET /1 HTTP/1.1|", "GET /2 HTTP/1.1|", "POST /3 HTTP/1.1|abc", "GET /4 HTTP/1.1|"} {
		if m := readAnswer(t, c, &r); m.body != want {
			t.Errorf("answer %d is %q, want %q", i, m.body, want)
		}
	}
	if _, n := b.requests(); n != 1 {
		t.Errorf("%d connections to the target, want 1", n)
	}
}

// random is n bytes that compress to nothing and contain everything.
func random(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return string(b)
}

func TestBodiesArriveWhole(t *testing.T) {
	b := serveRaw(t, echo)
	w := start(t, "http://"+b.addr)
	client := &http.Client{Transport: &http.Transport{}, Timeout: patience}
	defer client.CloseIdleConnections()
	for _, size := range []int{0, 1, 100, 8 << 10, 16<<10 - 10, 100 << 10, 1 << 20} {
		for _, chunked := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d chunked=%v", size, chunked), func(t *testing.T) {
				body := random(size)
				var reader io.Reader = strings.NewReader(body)
				if chunked {
					reader = io.MultiReader(reader) // hides the length
				}
				resp, err := client.Post("http://"+w.addr+"/x", "", reader)
				if err != nil {
					t.Fatal(err)
				}
				defer resp.Body.Close()
				got, err := io.ReadAll(resp.Body)
				if err != nil || string(got) != "POST /x HTTP/1.1|"+body {
					t.Errorf("%d bytes came back of %d, %v", len(got), size, err)
				}
			})
		}
	}
}

func TestTrailersPassBothWays(t *testing.T) {
	b := serveRaw(t, func(m *message, c net.Conn) bool {
		return answers("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"+
			"3;ext\r\nabc\r\n0\r\nX-Sum: 7\r\nSet-Cookie: evil\r\nContent-Length: 1\r\n\r\n")(m, c)
	})
	w := start(t, "http://"+b.addr)
	c := w.dial(t)
	io.WriteString(c, "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n"+
		"5\r\nhello\r\n0\r\nX-Check: 1\r\nHost: b.test\r\nX-Forwarded-For: 1\r\n\r\n")
	m := readAnswer(t, c, &strictReader{})
	if m.body != "abc" || !slices.Equal(m.trailers, []string{"x-sum: 7"}) {
		t.Errorf("client got %q and %q", m.body, m.trailers)
	}
	got, _ := b.requests()
	if got[0].body != "hello" || !slices.Equal(got[0].trailers, []string{"x-check: 1"}) {
		t.Errorf("target got %q and %q", got[0].body, got[0].trailers)
	}
}

func TestExpectedContinueIsSent(t *testing.T) {
	b := serveRaw(t, echo)
	w := start(t, "http://"+b.addr)
	for _, framing := range []string{"Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n"} {
		c := w.dial(t)
		io.WriteString(c, "POST / HTTP/1.1\r\nHost: a.test\r\nExpect: 100-continue\r\n"+framing+"\r\n")
		var r strictReader
		if m := readAnswer(t, c, &r); m.first != "HTTP/1.1 100 Continue" {
			t.Fatalf("got %q", m.first)
		}
		body := "hello"
		if strings.HasPrefix(framing, "T") {
			body = "5\r\nhello\r\n0\r\n\r\n"
		}
		io.WriteString(c, body)
		if m := readAnswer(t, c, &r); m.body != "POST / HTTP/1.1|hello" {
			t.Errorf("got %q", m.body)
		}
		if got, _ := b.requests(); got[0].get("expect") != nil {
			t.Error("Expect was passed on")
		}
	}
}

func TestInterimAnswersPass(t *testing.T) {
	b := serveRaw(t, answers("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"+ok("x")))
	w := start(t, "http://"+b.addr)
	c := w.dial(t)
	fmt.Fprintf(c, get, "")
	var r strictReader
	for _, want := range []string{"HTTP/1.1 103 Early Hints", "HTTP/1.1 100 Continue", "HTTP/1.1 200 OK"} {
		if m := readAnswer(t, c, &r); m.first != want {
			t.Errorf("got %q, want %q", m.first, want)
		}
	}
	if got := w.talk(t, "GET / HTTP/1.0\r\n\r\n"); strings.Contains(got, "Early") {
		t.Errorf("an HTTP/1.0 client got %q", got)
	}
}

func TestAnswersWithoutBody(t *testing.T) {
	for name, c := range map[string]struct{ method, answer, length string }{
		"HEAD":                 {"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n", "7"},
		"HEAD of chunked":      {"HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", ""},
		"204":                  {"GET", "HTTP/1.1 204 No Content\r\n\r\n", ""},
		"204 with length":      {"GET", "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", ""},
		"304":                  {"GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\nEtag: x\r\n\r\n", "7"},
		"304 without a length": {"GET", "HTTP/1.1 304 Not Modified\r\n\r\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := serveRaw(t, answers(c.answer))
			w := start(t, "http://"+b.addr)
			conn := w.dial(t)
			r := strictReader{}
			for range 3 { // the connections stay in step
				fmt.Fprintf(conn, "%s / HTTP/1.1\r\nHost: a.test\r\n\r\n", c.method)
				r.bodyless = true
				if m := readAnswer(t, conn, &r); strings.Join(m.get("content-length"), ",") != c.length {
					t.Errorf("got %q", m.fields)
				}
			}
			if _, n := b.requests(); n != 1 {
				t.Errorf("%d connections to the target, want 1", n)
			}
		})
	}
}

func TestOldClients(t *testing.T) {
	chunks := "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n"
	for name, c := range map[string]struct{ answer, request, want string }{
		"closed":              {ok("abc"), "GET / HTTP/1.0\r\n\r\n", "Content-Length: 3\r\nConnection: close\r\n\r\nabc"},
		"kept":                {ok("abc"), "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.0\r\n\r\n", "Connection: keep-alive\r\n\r\nabcHTTP/1.1"},
		"chunks end by close": {chunks, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "Connection: close\r\n\r\nabcdef"},
	} {
		t.Run(name, func(t *testing.T) {
			b := serveRaw(t, answers(c.answer))
			got := start(t, "http://"+b.addr).talk(t, c.request)
			if !strings.Contains(got, c.want) || strings.Contains(got, "chunked") {
				t.Errorf("got %q, want %q inside", got, c.want)
			}
			if m, _ := b.requests(); m[0].get("host")[0] == "" {
				t.Error("the target got no Host")
			}
		})
	}
}

// For a client that takes the end of the connection for the end of the answer,
// an answer that was cut must not end like one that is whole.
func TestOldClientsNoticeACutAnswer(t *testing.T) {
	for name, options := range map[string][]option{"plain": nil, "tls": {overTLS(t)}} {
		t.Run(name, func(t *testing.T) {
			b := serveRaw(t, func(_ *message, c net.Conn) bool {
				io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
				return false
			})
			c := start(t, "http://"+b.addr, options...).dial(t)
			io.WriteString(c, "GET / HTTP/1.0\r\n\r\n")
			if got, err := io.ReadAll(c); err == nil {
				t.Errorf("a clean end after %q", got)
			}
		})
	}
}

func TestLongAnswers(t *testing.T) {
	body := random(9 << 20)
	half := len(body) / 2
	for name, c := range map[string]string{
		"by length": fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body),
		"by chunks": fmt.Sprintf("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n", half, body[:half], len(body)-half, body[half:]),
		"by close":  "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body,
	} {
		t.Run(name, func(t *testing.T) {
			b := serveRaw(t, func(m *message, conn net.Conn) bool {
				return answers(c)(m, conn) && name != "by close"
			})
			w := start(t, "http://"+b.addr)
			client := &http.Client{Transport: &http.Transport{}, Timeout: patience}
			defer client.CloseIdleConnections()
			for range 2 {
				resp, err := client.Get("http://" + w.addr)
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(resp.Body)
				resp.Body.Close()
				if err != nil || !bytes.Equal(got, []byte(body)) {
					t.Errorf("%d bytes came, %v", len(got), err)
				}
			}
			for _, x := range w.exchanges(t, 2) {
				if x.out != int64(len(body)) || x.err != nil {
					t.Errorf("counted %d bytes, %v", x.out, x.err)
				}
			}
		})
	}
}

func TestHalfClosedClientsGetTheirAnswer(t *testing.T) {
	b := serveRaw(t, echo)
	w := start(t, "http://"+b.addr)
	for _, raw := range []string{fmt.Sprintf(get, ""), fmt.Sprintf(get+get, "", ""),
		"POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 100000\r\n\r\n" + strings.Repeat("x", 100000)} {
		c := w.dial(t)
		io.WriteString(c, raw)
		c.CloseWrite()
		got, err := io.ReadAll(c)
		if err != nil || strings.Count(string(got), "HTTP/1.1 200 OK") != strings.Count(raw, "Host") {
			t.Errorf("got %q, %v", got, err)
		}
	}
}

func TestADateIsAddedOnlyWhereThereIsNone(t *testing.T) {
	b := serveRaw(t, func(m *message, c net.Conn) bool {
		if strings.Contains(m.first, "/dated") {
			return answers("HTTP/1.1 204 No Content\r\ndate: yesterday\r\n\r\n")(m, c)
		}
		return answers("HTTP/1.1 204 No Content\r\n\r\n")(m, c)
	})
	w := start(t, "http://"+b.addr)
	c := w.dial(t)
	fmt.Fprintf(c, get+get, "dated", "")
	var r strictReader
	if got := readAnswer(t, c, &r).get("date"); !slices.Equal(got, []string{"yesterday"}) {
		t.Errorf("got %q", got)
	}
	got := readAnswer(t, c, &r).get("date")
	if len(got) != 1 {
		t.Fatalf("got %q", got)
	}
	if _, err := http.ParseTime(got[0]); err != nil {
		t.Error(err)
	}
}
