package tcp

import (
	"testing"
	"time"
)

// TestConnectionsGoWhereLeastAreOpen, and count until they end.
func TestConnectionsGoWhereLeastAreOpen(t *testing.T) {
	names := map[string]int{}
	w := byPort(t, []string{named(t, "a") + ` opts "lb=leastconn"`, named(t, "b"), named(t, "c")})
	dial := func() (name string, end func()) {
		c := w.dial()
		line := make([]byte, 2)
		if _, err := c.Read(line); err != nil {
			t.Fatal(err)
		}
		return string(line[:1]), func() { c.Close(); w.session() }
	}
	ends := map[string]func(){}
	for range 9 {
		name, end := dial()
		names[name]++
		ends[name] = end
	}
	if names["a"] != 3 || names["b"] != 3 || names["c"] != 3 {
		t.Errorf("of 9 connections that are open %v", names)
	}
	ends["b"]()
	if name, _ := dial(); name != "b" {
		t.Errorf("one at b has ended, and the next goes to %s", name)
	}
}

// TestIdleOfARoute counts in place of the proxy's own limit.
func TestIdleOfARoute(t *testing.T) {
	addr, targets := target(t)
	w := byPort(t, []string{addr + ` opts "idle=1h"`}, func(e *Engine) { e.Idle = time.Minute })
	c := w.dial()
	send(t, c, "x")
	server := receive(t, targets, "connection")
	expect(t, server, "x")
	w.one()
	w.tick(0)
	w.tick(30 * time.Minute)
	send(t, c, "y")
	expect(t, server, "y")
	w.tick(31 * time.Minute)
	w.tick(92 * time.Minute)
	expectEnd(t, c)
	if s := w.session(); s.Err != errIdle {
		t.Errorf("session %+v", s)
	}
}
