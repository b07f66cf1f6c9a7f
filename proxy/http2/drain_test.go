package http2

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/http2"

	"weir/proxy/exchange"
	"weir/route"
)

// slow answers as a target does that takes its time: /begun begins an answer,
// /waits does not, and both go on when the test releases them.
func slow(t *testing.T, release <-chan struct{}) handle {
	return func(x *exchange.Exchange) bool {
		switch {
		case x.Upgrade:
			return echoSocket(x)
		case string(x.URI) == "/waits":
			hold(t, release)
		case string(x.URI) == "/begun":
			if x.Reply.Head(200, nil, -1, false) != nil || !writeAll(x, "begun") || x.Reply.Flush() != nil {
				return false
			}
			hold(t, release)
			return writeAll(x, " whole") && x.Reply.End(nil) == nil
		}
		return answer(x)
	}
}

// drained is a chain whose service old, on old.test, drains when the test says so.
type drained struct {
	*chain
	drains  *exchange.Drains
	routes  string
	release func() // what waits goes on
}

func startDrained(t *testing.T) *drained {
	release := make(chan struct{})
	d := &drained{release: sync.OnceFunc(func() { close(release) })}
	t.Cleanup(d.release)
	old, stay := serve(t, slow(t, release), false), serve(t, slow(t, release), false)
	d.chain = chainTo(t, target{url: "h2c://" + old.addr}, false)
	d.routes = "route add old old.test/ h2c://" + old.addr + "\nroute add new new.test/ h2c://" + stay.addr
	d.drains = &exchange.Drains{Live: d.chooser.Live, CloseIdle: d.transport.CloseIdle}
	d.route()
	return d
}

func (d *drained) route(drains ...route.Drain) {
	table, _ := route.Build(route.Input{Commands: []route.Commands{{Text: d.routes}}, Drains: drains})
	d.chooser.Live.Store(table)
}

// drain begins a drain of an hour.
func (d *drained) drain() {
	d.route(route.Drain{Version: "v1", Instances: []route.Name{{Service: "old"}}, Since: time.Now(), Max: time.Hour, Rate: 100})
	d.look(0)
}

// look looks at the connections as if it were so much later, and returns what is
// open with both services.
func (d *drained) look(later time.Duration) (open string) {
	l := d.drains.Look(time.Now().Add(later))
	d.each(func(c *Conn) { c.Look(l) })
	l.End()
	all := d.drains.Report().Open
	return fmt.Sprint(all[exchange.Part{Service: "old", Variant: "stable"}], " ", all[exchange.Part{Service: "new", Variant: "stable"}])
}

// to is a request's head.
func to(host, path string) []string {
	return []string{":method", "GET", ":scheme", "http", ":path", path, ":authority", host}
}

func isBegun(s *seen) bool { return string(s.body) == "begun" }

// TestDrainOfStreams: the client is asked to leave, its streams run on, and those
// of the version that drains are reset at the end.
func TestDrainOfStreams(t *testing.T) {
	d := startDrained(t)
	p, other := dialPeer(t, d.front), dialPeer(t, d.front)
	p.head(1, true, to("old.test", "/begun")...)
	p.head(3, true, to("new.test", "/begun")...)
	p.head(5, true, to("old.test", "/waits")...)
	other.head(1, true, to("new.test", "/begun")...)
	p.until(1, "answer", isBegun)
	p.until(3, "answer", isBegun)
	other.until(1, "answer", isBegun)
	soon(t, "not all is open", func() bool { return d.look(0) == "2 2" })
	d.drain()
	p.until(0, "GOAWAY", func(*seen) bool { return p.goaways == 2 && *p.goaway == http2.ErrCodeNo })
	d.look(59 * time.Minute)
	p.fr.WritePing(false, [8]byte{1})                            // when it is answered all that was sent before has come
	p.until(0, "pong", func(*seen) bool { return p.pongs == 2 }) // and one is ours, of the GOAWAY
	for _, id := range []uint32{1, 3, 5} {
		if s := p.until(id, "", func(*seen) bool { return true }); s.reset != nil || s.end {
			t.Errorf("stream %d is over before its time: %+v", id, s)
		}
	}
	d.look(time.Hour)
	if s := p.until(1, "reset", func(s *seen) bool { return s.reset != nil }); *s.reset != http2.ErrCodeCancel || string(s.body) != "begun" {
		t.Errorf("the stream ended with %v after %q", *s.reset, s.body)
	}
	if s := p.until(5, "answer", func(s *seen) bool { return s.end }); s.verdict() != "503" {
		t.Errorf("a request without an answer got %s", s.verdict())
	}
	d.release()
	for _, c := range []struct {
		p  *peer
		id uint32
	}{{p, 3}, {other, 1}} {
		if s := c.p.until(c.id, "rest", func(s *seen) bool { return s.end || s.reset != nil }); string(s.body) != "begun whole" {
			t.Errorf("a stream of another version ended with %v after %q", s.reset, s.body)
		}
	}
	if other.goaways != 0 {
		t.Error("a client of another version was asked to leave")
	}
}

// TestDrainOfTunnels: a WebSocket (RFC 8441) ends in order.
func TestDrainOfTunnels(t *testing.T) {
	d := startDrained(t)
	p := dialPeer(t, d.front)
	p.head(1, false, ":method", "CONNECT", ":protocol", "websocket", ":scheme", "http", ":path", "/chat", ":authority", "old.test", "sec-websocket-version", "13")
	p.until(1, "answer", func(s *seen) bool { return s.verdict() == "200" })
	d.drain()
	d.look(59 * time.Minute)
	p.fr.WriteData(1, false, []byte("on"))
	p.until(1, "echo", func(s *seen) bool { return string(s.body) == "on" })
	d.look(time.Hour)
	if s := p.until(1, "reset", func(s *seen) bool { return s.reset != nil }); !s.end || *s.reset != http2.ErrCodeNo {
		t.Errorf("the tunnel ended with %v, in order: %t", *s.reset, s.end)
	}
	soon(t, "the tunnel to the target goes on", func() bool { return d.look(time.Hour) == "0 0" })
}

// TestIdleConnectionsToADrainingTargetAreClosed, and those to others are kept.
func TestIdleConnectionsToADrainingTargetAreClosed(t *testing.T) {
	d := startDrained(t)
	p := dialPeer(t, d.front)
	for i, host := range []string{"old.test", "new.test"} {
		id := uint32(2*i + 1)
		p.head(id, true, to(host, "/")...)
		p.until(id, "answer", func(s *seen) bool { return s.end })
	}
	sessions := func() (n int) {
		d.transport.mu.RLock()
		defer d.transport.mu.RUnlock()
		for _, g := range d.transport.groups {
			g.mu.Lock()
			n += len(g.sessions)
			g.mu.Unlock()
		}
		return n
	}
	soon(t, "a request is not over", func() bool { return d.look(0) == "0 0" })
	if n := sessions(); n != 2 {
		t.Fatalf("%d connections to targets, want 2", n)
	}
	d.drain()
	soon(t, "the connection stays", func() bool { return sessions() == 1 })
}
