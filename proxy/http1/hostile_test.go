package http1

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

// after follows every hostile request on its connection: where the request was
// refused, or where its end is in doubt, this must not be served.
const after = "GET /after HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n"

// TestHostileRequests sends what nobody should send, at once, in small pieces,
// and through TLS. It shows the status of every answer, and every request that
// reached the target, with the fields that weir did not make.
func TestHostileRequests(t *testing.T) {
	for name, c := range map[string]struct {
		options []option
		pieces  int
	}{"plain": {nil, 1}, "in pieces": {nil, 500}, "tls": {[]option{overTLS(t)}, 1}} {
		t.Run(name, func(t *testing.T) {
			readCases(t, "hostile.txtar", func(t *testing.T, in []byte) string {
				b := serveRaw(t, echo)
				conn := start(t, "http://"+b.addr, c.options...).dial(t)
				sendIn(conn, string(in)+after, c.pieces)
				conn.CloseWrite()
				got, err := io.ReadAll(conn)
				if err != nil {
					t.Error(err)
				}
				return statuses(t, got) + seenBy(b)
			})
		})
	}
}

// sendIn sends raw in about so many pieces. It stops without an error when the
// proxy has heard enough.
func sendIn(c io.Writer, raw string, pieces int) {
	for piece := range slices.Chunk([]byte(raw), len(raw)/pieces+1) {
		if _, err := c.Write(piece); err != nil {
			return
		}
	}
}

// statuses lists those of the final answers in raw, which must be whole.
func statuses(t *testing.T, raw []byte) string {
	t.Helper()
	var b strings.Builder
	r := strictReader{b: raw}
	for len(r.b) > 0 {
		m, err := r.answer()
		if err != nil {
			t.Fatalf("%v in %q", err, raw)
		}
		if status := m.first[len("HTTP/1.1 "):]; status != "100 Continue" {
			fmt.Fprintln(&b, status)
		}
	}
	return b.String()
}

// seenBy lists the requests that reached b.
func seenBy(b *backend) string {
	var s strings.Builder
	got, _ := b.requests()
	for _, m := range got {
		if strings.HasPrefix(m.first, "GET /after ") {
			fmt.Fprintf(&s, "> %s\n", m.first)
			continue
		}
		host := strings.ReplaceAll(m.get("host")[0], b.addr, "the target")
		fmt.Fprintf(&s, "> %s host=%s %q\n", m.first, host, m.body)
		for _, f := range append(slices.Clone(m.fields), m.trailers...) {
			name, _, _ := strings.Cut(f, ":")
			if !slices.Contains(made, name) {
				fmt.Fprintf(&s, "  %q\n", f)
			}
		}
	}
	return s.String()
}

// made are the fields that weir makes for the target.
var made = []string{"host", "content-length", "transfer-encoding", "x-forwarded-for", "x-real-ip",
	"x-forwarded-proto", "x-forwarded-host", "x-forwarded-port", "forwarded"}
