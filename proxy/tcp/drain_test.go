package tcp

import (
	"errors"
	"io"
	"maps"
	"net"
	"testing"
	"time"

	"weir/proxy/exchange"
	"weir/route"
)

// drain swaps the table for one with drains, and looks.
func (w *world) drain(drains *exchange.Drains, commands string, of ...route.Drain) {
	w.t.Helper()
	table, _ := route.Build(route.Input{Commands: []route.Commands{{Text: commands}}, Drains: of})
	w.live.Store(table)
	w.look(drains, 0)
}

// look looks at the connections as if it were so much later.
func (w *world) look(drains *exchange.Drains, later time.Duration) {
	l := drains.Look(time.Now().Add(later))
	w.each(func(c *Conn) { c.Look(l) })
	l.End()
}

// TestSessionsOfADrainingVersionEnd when its time is over, on both sides and in
// order, and no others do.
func TestSessionsOfADrainingVersionEnd(t *testing.T) {
	old, olds := target(t)
	stay, stays := target(t)
	routes := "route add old old.test/ tcp://" + old + "\nroute add new new.test/ tcp://" + stay
	w := byName(t, routes)
	drains := &exchange.Drains{Live: w.live}
	begin := func(name string, targets <-chan *net.TCPConn) (client, server *net.TCPConn) {
		client = w.dial()
		greeting := string(hello(t, name))
		send(t, client, greeting)
		server = receive(t, targets, "connection")
		expect(t, server, greeting)
		send(t, server, "hi")
		expect(t, client, "hi")
		return client, server
	}
	client, server := begin("old.test", olds)
	other, otherServer := begin("new.test", stays)
	drain := route.Drain{Version: "v1", Instances: []route.Name{{Service: "old"}}, Since: time.Now(), Max: time.Hour, Rate: 10}
	w.drain(drains, routes, drain)
	open := map[exchange.Part]int{{Service: "old", Variant: "stable"}: 1, {Service: "new", Variant: "stable"}: 1}
	if r := drains.Report(); !maps.Equal(r.Open, open) || len(r.Draining) != 1 || r.Draining[0].Left != 1 {
		t.Fatalf("got %+v, want %v", r, open)
	}
	w.look(drains, 59*time.Minute)
	send(t, client, "still here")
	expect(t, server, "still here")
	late, lateServer := begin("old.test", olds)
	w.look(drains, time.Hour)
	expectEnd(t, client)
	expectEnd(t, server)
	if s := w.session(); !errors.Is(s.Err, exchange.ErrDrained) || s.Service != "old" {
		t.Errorf("the session says %v", s.Err)
	}
	for from, to := range map[*net.TCPConn]*net.TCPConn{other: otherServer, late: lateServer} {
		io.WriteString(from, "on")
		expect(t, to, "on")
	}
	w.look(drains, 2*time.Hour)
	if r := drains.Report(); len(r.Draining) != 0 || !maps.Equal(r.Open, open) {
		t.Errorf("got %+v", r)
	}
}

// TestLookPassesOn: what ends TLS is looked at by its own engine.
func TestLookPassesOn(t *testing.T) {
	w, calls := both(t, "")
	send(t, w.dial(), string(hello(t, "own.test")))
	w.one()
	drains := &exchange.Drains{Live: w.live}
	if got := receive(t, calls, "call"); got != "serve" {
		t.Fatalf("got %q", got)
	}
	w.look(drains, 0)
	if got := receive(t, calls, "call"); got != "look" {
		t.Errorf("got %q", got)
	}
}
