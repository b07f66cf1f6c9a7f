package http1

import (
	"fmt"
	"io"
	"strings"
	"testing"
)

// A request that is refused is one exchange for the observer, and has nothing
// of the request before.
func TestRefusedRequestsAreCountedOnce(t *testing.T) {
	for name, c := range map[string]struct{ head, rest, status string }{
		"in its head": {"GET /x HTTP/1.1\r\nHost: a b\r\n\r\n", "", "400"},
		"in its body": {"POST /x HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "zz\r\n", "400"},
		"cut":         {"POST /x HTTP/1.1\r\nHost: a.test\r\nContent-Length: 10\r\n\r\nhello", "", "400"},
	} {
		t.Run(name, func(t *testing.T) {
			b := serveRaw(t, echo)
			w := start(t, "http://"+b.addr)
			conn := w.dial(t)
			fmt.Fprintf(conn, get, "first")
			readAnswer(t, conn, &strictReader{})
			heard := b.heard()
			io.WriteString(conn, c.head)
			if c.rest != "" {
				eventually(t, func() bool { return b.heard() > heard })
			}
			io.WriteString(conn, c.rest)
			conn.CloseWrite()
			answer, err := io.ReadAll(conn)
			if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 "+c.status) {
				t.Fatalf("got %q, %v", answer, err)
			}
			seen := w.exchanges(t, 2)
			if last := seen[1]; len(seen) != 2 || fmt.Sprint(last.status) != c.status || last.err == nil || last.out > 100 {
				t.Errorf("observed %+v", seen)
			}
			if got, _ := b.requests(); len(got) != 1 {
				t.Errorf("the target got %d whole requests, want 1", len(got))
			}
		})
	}
}
