package http2

import (
	"io"
	"net/http"
	"testing"

	"golang.org/x/net/http2"

	"weir/proxy/exchange"
)

// echoSocket upgrades and sends back what comes, until the client is done.
func echoSocket(x *exchange.Exchange) bool {
	if !x.Upgrade {
		return answer(x)
	}
	s, err := x.Reply.Upgrade([]exchange.Field{{Name: []byte("Sec-WebSocket-Protocol"), Value: []byte("chat")}})
	if err != nil {
		return false
	}
	defer s.Close()
	if _, err := io.Copy(s, s); err != nil {
		return false
	}
	s.Write([]byte("bye"))
	return s.CloseWrite() == nil
}

var connect = []string{":method", "CONNECT", ":protocol", "websocket", ":scheme", "https", ":path", "/chat", ":authority", "a.test", "sec-websocket-version", "13"}

// TestWebSocket opens a tunnel through Conn and Transport to another Conn.
func TestWebSocket(t *testing.T) {
	to := serve(t, handle(echoSocket), false)
	c := chainTo(t, target{url: "h2c://" + to.addr}, false)
	p := dialPeer(t, c.front)
	p.head(1, false, connect...)
	s := p.until(1, "answer", func(s *seen) bool { return len(s.status) > 0 })
	if s.verdict() != "200" || s.fields["sec-websocket-protocol"] != "chat" || s.end {
		t.Fatalf("upgrade answered %s %v end %v", s.verdict(), s.fields, s.end)
	}
	p.fr.WriteData(1, false, []byte("hello"))
	p.until(1, "echo", func(s *seen) bool { return string(s.body) == "hello" })
	p.fr.WriteData(1, true, []byte(" world")) // half-close: the other direction goes on
	if s := p.over(1); string(s.body) != "hello worldbye" || !s.end || s.reset != nil {
		t.Errorf("got %q, end %v, reset %v", s.body, s.end, s.reset)
	}
	p.head(3, false, connect...)
	p.until(3, "answer", func(s *seen) bool { return len(s.status) > 0 })
	p.fr.WriteRSTStream(3, http2.ErrCodeCancel)
	p.head(5, true, get()...)
	if s := p.over(5); s.verdict() != "200" {
		t.Errorf("a request after a cut tunnel got %s", s.verdict())
	}
}

// TestWebSocketRefused passes the target's refusal on.
func TestWebSocketRefused(t *testing.T) {
	refusal := handle(func(x *exchange.Exchange) bool {
		return x.Reply.Head(403, nil, 4, false) == nil && writeAll(x, "nope") && x.Reply.End(nil) == nil
	})
	for name, tt := range map[string]struct {
		to     func() target
		status string
	}{
		"by the target":     {func() target { return target{url: "h2c://" + serve(t, refusal, false).addr} }, "403"},
		"target has no way": {func() target { return startTarget(t, http.NotFoundHandler(), false) }, "502"},
	} {
		t.Run(name, func(t *testing.T) {
			c := chainTo(t, tt.to(), false)
			p := dialPeer(t, c.front)
			p.head(1, false, connect...)
			if s := p.over(1); s.verdict() != tt.status {
				t.Errorf("got %s, want %s", s.verdict(), tt.status)
			}
		})
	}
}

func writeAll(x *exchange.Exchange, s string) bool {
	_, err := x.Reply.Write([]byte(s))
	return err == nil
}
