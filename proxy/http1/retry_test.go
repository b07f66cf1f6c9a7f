package http1

import (
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
)

// TestRequestsAreSentAgain has a target end connections at a bad time. "idle"
// ends it after the first answer; "drop" ends it instead of the second answer,
// and "drop all" instead of all that follow.
func TestRequestsAreSentAgain(t *testing.T) {
	for name, c := range map[string]struct {
		fault, request string
		status         string
		seen           int // requests that the target got, with the first
	}{
		"idle, get":             {"idle", "GET / HTTP/1.1\r\n", "200", 2},
		"idle, post":            {"idle", "POST / HTTP/1.1\r\n", "200", 2},
		"idle, post with body":  {"idle", "POST / HTTP/1.1\r\nContent-Length: 4\r\n", "200", 2},
		"idle, chunked":         {"idle", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n", "200", 2},
		"idle, patch":           {"idle", "PATCH / HTTP/1.1\r\n", "200", 2},
		"drop, get":             {"drop", "GET / HTTP/1.1\r\n", "200", 3},
		"drop, options":         {"drop", "OPTIONS / HTTP/1.1\r\n", "200", 3},
		"drop, put":             {"drop", "PUT / HTTP/1.1\r\n", "200", 3},
		"drop, delete":          {"drop", "DELETE / HTTP/1.1\r\n", "200", 3},
		"drop, post":            {"drop", "POST / HTTP/1.1\r\n", "502", 2},
		"drop, patch":           {"drop", "PATCH / HTTP/1.1\r\n", "502", 2},
		"drop, unknown method":  {"drop", "BREW / HTTP/1.1\r\n", "502", 2},
		"drop, put with body":   {"drop", "PUT / HTTP/1.1\r\nContent-Length: 4\r\n", "502", 2},
		"drop, get with body":   {"drop", "GET / HTTP/1.1\r\nContent-Length: 4\r\n", "502", 2},
		"drop, WebSocket":       {"drop", "GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n", "502", 2},
		"drop all, get":         {"drop all", "GET / HTTP/1.1\r\n", "502", 3},
		"drop at the first use": {"drop first", "GET / HTTP/1.1\r\n", "502", 1},
	} {
		t.Run(name, func(t *testing.T) {
			var n atomic.Int32
			b := serveRaw(t, func(m *message, conn net.Conn) bool {
				i := n.Add(1)
				if c.fault == "drop first" || c.fault == "drop" && i == 2 || c.fault == "drop all" && i > 1 {
					return false
				}
				return echo(m, conn) && c.fault != "idle"
			})
			w := start(t, "http://"+b.addr)
			conn := w.dial(t)
			r := &strictReader{}
			if c.fault != "drop first" {
				fmt.Fprintf(conn, get, "first")
				readAnswer(t, conn, r)
				w.exchanges(t, 1)
			}
			if c.fault == "idle" {
				eventually(t, func() bool { return b.left() == 1 })
			}
			body := ""
			if strings.Contains(c.request, "Length") {
				body = "body"
			} else if strings.Contains(c.request, "chunked") {
				body = "4\r\nbody\r\n0\r\n\r\n"
			}
			fmt.Fprintf(conn, "%sHost: a.test\r\n\r\n%s", c.request, body)
			if m := readAnswer(t, conn, r); m.first[9:12] != c.status {
				t.Errorf("got %s, want %s", m.first, c.status)
			}
			if got, _ := b.requests(); len(got) != c.seen {
				t.Errorf("the target got %d requests, want %d", len(got), c.seen)
			}
		})
	}
}
