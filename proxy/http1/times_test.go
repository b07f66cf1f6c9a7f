package http1

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"weir/proxy/exchange"
)

// TestTimesOfARoute lets time pass at targets that say nothing, or begin to.
func TestTimesOfARoute(t *testing.T) {
	for name, c := range map[string]struct {
		opts, sent string // by the target, before it is silent
		want       string // what the client gets begins with this
	}{
		"no answer, timeout":      {"timeout=5s", "", "HTTP/1.1 504"},
		"no answer, idle":         {"idle=5s", "", "HTTP/1.1 504"},
		"half an answer, timeout": {"timeout=5s", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "HTTP/1.1 200"},
		"half an answer, idle":    {"idle=5s", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "HTTP/1.1 200"},
	} {
		t.Run(name, func(t *testing.T) {
			b := serveRaw(t, func(m *message, conn net.Conn) bool {
				conn.Write([]byte(c.sent))
				conn.Read(make([]byte, 1))
				return false
			})
			w := start(t, "http://"+b.addr+` opts "`+c.opts+`"`, limited(exchange.Limits{}))
			conn := w.dial(t)
			fmt.Fprint(conn, "GET /x HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n")
			got, _, end := rest(conn)
			eventually(t, func() bool { got, _ := b.requests(); return len(got) == 1 })
			w.passUntil(t, 2*time.Second, end)
			if !strings.HasPrefix(got.String(), c.want) || strings.Count(got.String(), "HTTP/1.1 ") != 1 {
				t.Errorf("got %q, want %s and the end", got, c.want)
			}
		})
	}
}

// TestIdleMayBeLongerThanForOthers: what a route says counts instead of what the
// proxy says.
func TestIdleMayBeLongerThanForOthers(t *testing.T) {
	goOn := make(chan struct{})
	b := serveRaw(t, func(m *message, conn net.Conn) bool {
		<-goOn
		return echo(m, conn)
	})
	w := start(t, "http://"+b.addr+` opts "idle=1h timeout=2h"`, limitedTargets(exchange.Limits{Header: time.Second, Body: time.Second}))
	conn := w.dial(t)
	fmt.Fprintf(conn, get, "x")
	eventually(t, func() bool { got, _ := b.requests(); return len(got) == 1 })
	for range 10 {
		w.pass(time.Minute)
	}
	close(goOn)
	if m := readAnswer(t, conn, &strictReader{}); m.first[9:12] != "200" {
		t.Errorf("got %s", m.first)
	}
}

// TestAnotherTargetAnswers in place of one that is busy, and its client does not
// notice.
func TestAnotherTargetAnswers(t *testing.T) {
	busy := serveRaw(t, answers("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\nX-Busy: 1\r\n\r\nbusy"))
	good := serveRaw(t, echo)
	route := `opts "lb=rr retry=1"`
	w := start(t, "http://"+busy.addr+" "+route+"\nroute add svc / http://"+good.addr+" "+route, limited(exchange.Limits{}))
	conn, r := w.dial(t), &strictReader{}
	for range 10 {
		fmt.Fprintf(conn, get, "x")
		if m := readAnswer(t, conn, r); m.first[9:12] != "200" || !strings.Contains(m.body, "GET /x") {
			t.Fatalf("got %s and %q", m.first, m.body)
		}
	}
	if got, _ := busy.requests(); len(got) != 10 {
		t.Errorf("the busy target got %d requests, want 10", len(got))
	}
}
