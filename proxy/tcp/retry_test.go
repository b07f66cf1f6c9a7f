package tcp

import (
	"errors"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"weir/internal/testenv"
)

// A target that does not take the connection is replaced, and the next one gets
// every byte from the first on.
func TestAnotherTarget(t *testing.T) {
	greeting := string(hello(t, "a.test")) + "and what is behind"
	for name, bad := range map[string]func(*testing.T) string{
		"refuses":         func(t *testing.T) string { return testenv.RefusedAddr(t) },
		"does not answer": func(t *testing.T) string { return deaf(t) },
		"resets at once":  func(t *testing.T) string { return serve(t, func(c *net.TCPConn) { reset(t, c) }) },
		"ends at once":    func(t *testing.T) string { return serve(t, func(c *net.TCPConn) { c.Close() }) },
		"reads and resets": func(t *testing.T) string {
			return serve(t, func(c *net.TCPConn) { c.Read(make([]byte, 1)); reset(t, c) })
		},
		"reads and ends": func(t *testing.T) string {
			return serve(t, func(c *net.TCPConn) { io.CopyN(io.Discard, c, int64(len(greeting))); c.Close() })
		},
		"has no such name": func(t *testing.T) string { return "nosuch.invalid:1" },
	} {
		t.Run(name, func(t *testing.T) {
			good, targets := target(t)
			w := byName(t, toName("a.test", bad(t)), func(e *Engine) { e.Connect = 200 * time.Millisecond })
			c := w.dial()
			send(t, c, greeting)
			conn := w.one()
			eventually(t, func() bool {
				conn.mu.Lock()
				defer conn.mu.Unlock()
				return conn.session.Attempts > 0
			})
			w.route(toName("a.test", good))
			server := receive(t, targets, "connection")
			expect(t, server, greeting)
			send(t, server, "answer")
			server.Close()
			expect(t, c, "answer")
			expectEnd(t, c)
			c.Close()
			if s := w.session(); s.Err != nil || s.Target != good || s.Attempts < 2 || s.BytesIn != int64(len(greeting)) || s.BytesOut != 6 {
				t.Errorf("session %+v", s)
			}
		})
	}
}

// One of several is enough, without any pause.
func TestOneOfSeveral(t *testing.T) {
	good := named(t, "good")
	w := byPort(t, []string{testenv.RefusedAddr(t), testenv.RefusedAddr(t), good})
	for range 30 {
		c := w.dial()
		expect(t, c, "good\n")
		c.Close()
		if s := w.session(); s.Target != good || s.Attempts > 3 {
			t.Errorf("session %+v", s)
		}
	}
}

// Without time for that no target is asked twice, but every one once.
func TestNoTimeForOthers(t *testing.T) {
	good := named(t, "good")
	once := func(e *Engine) { e.Chooser.Wait = -1 }
	w := byPort(t, []string{testenv.RefusedAddr(t), testenv.RefusedAddr(t), good}, once)
	expect(t, w.dial(), "good\n")
	w = byPort(t, []string{testenv.RefusedAddr(t), testenv.RefusedAddr(t)}, once)
	expectEnd(t, w.dial())
	if s := w.session(); s.Attempts != 2 {
		t.Errorf("session %+v", s)
	}
}

// The search ends, and says how the last target failed.
func TestNoTargetTakesIt(t *testing.T) {
	for name, addr := range map[string]string{"refused": testenv.RefusedAddr(t), "deaf": deaf(t), "unknown": "nosuch.invalid:1"} {
		t.Run(name, func(t *testing.T) {
			w := byPort(t, []string{addr}, func(e *Engine) { e.Chooser.Wait, e.Connect = time.Second, 50*time.Millisecond })
			began := time.Now()
			c := w.dial()
			expectEnd(t, c)
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("took %v, want about a second", took)
			}
			if s := w.session(); s.Err == nil || !strings.Contains(s.Err.Error(), addr) || s.Attempts < 2 || s.Service != "svc" {
				t.Errorf("session %+v", s)
			}
		})
	}
}

func TestNoRouteAndNoTarget(t *testing.T) {
	w := byPort(t, nil)
	expectEnd(t, w.dial())
	if s := w.session(); s.Err != errNoRoute || s.Attempts != 0 || s.Service != "" {
		t.Errorf("session %+v", s)
	}
}

// A route that vanishes while a connection looks for its target stays good for it.
func TestRouteVanishesDuringSearch(t *testing.T) {
	bad, good := testenv.RefusedAddr(t), named(t, "good")
	w := byPort(t, []string{bad})
	c := w.dial()
	conn := w.one()
	attempts := func(n int) func() bool {
		return func() bool {
			conn.mu.Lock()
			defer conn.mu.Unlock()
			return conn.session.Attempts >= n
		}
	}
	eventually(t, attempts(1))
	w.route("")
	eventually(t, attempts(4))
	w.route(toPort(good))
	expect(t, c, "good\n")
}

// Targets that take connections and drop them get only a few.
func TestDroppedAgainAndAgain(t *testing.T) {
	for name, drop := range map[string]func(*net.TCPConn){
		"reset": func(c *net.TCPConn) { reset(t, c) }, "end": func(c *net.TCPConn) { c.Close() },
	} {
		var drops atomic.Int64
		w := byName(t, toName("a.test", serve(t, func(c *net.TCPConn) {
			drops.Add(1)
			c.Read(make([]byte, 1))
			drop(c)
		})))
		c := w.dial()
		send(t, c, string(hello(t, "a.test")))
		if n, err := io.Copy(io.Discard, c); n > 0 || name == "end" && err != nil && !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("%s: got %d bytes and then %v", name, n, err)
		}
		c.Close()
		w.session()
		if n := drops.Load(); n != maxEarly+1 {
			t.Errorf("%s: %d targets were tried, want %d", name, n, maxEarly+1)
		}
	}
}

// A plain request that was read and not answered is not sent twice.
func TestNotSentTwice(t *testing.T) {
	var asked atomic.Int64
	w := byPort(t, []string{serve(t, func(c *net.TCPConn) {
		asked.Add(1)
		io.CopyN(io.Discard, c, 5)
		c.Close()
	})})
	c := w.dial()
	send(t, c, "order")
	expectEnd(t, c)
	if n := asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

// After its first byte a target is not replaced.
func TestBreaksAfterFirstByte(t *testing.T) {
	var asked atomic.Int64
	greeting := string(hello(t, "a.test"))
	w := byName(t, toName("a.test", serve(t, func(c *net.TCPConn) {
		asked.Add(1)
		c.Write([]byte("x"))
		io.CopyN(io.Discard, c, int64(len(greeting+"more")))
		reset(t, c)
	})))
	c := w.dial()
	send(t, c, greeting)
	expect(t, c, "x")
	send(t, c, "more")
	expectReset(t, c)
	if s := w.session(); s.Err == nil || s.Attempts != 1 || asked.Load() != 1 {
		t.Errorf("%d asked, session %+v", asked.Load(), s)
	}
}

// A client that breaks off breaks off its target.
func TestClientBreaksOff(t *testing.T) {
	addr, targets := target(t)
	w := byPort(t, []string{addr})
	for _, spoken := range []bool{false, true} {
		c := w.dial()
		server := receive(t, targets, "connection")
		if spoken {
			send(t, server, "x")
			expect(t, c, "x")
		}
		reset(t, c)
		expectReset(t, server)
		if s := w.session(); s.Err == nil {
			t.Errorf("session %+v", s)
		}
	}
}

func TestTargetByName(t *testing.T) {
	w := byPort(t, []string{strings.Replace(named(t, "good"), "127.0.0.1", "localhost", 1)})
	for range 3 {
		c := w.dial()
		expect(t, c, "good\n")
		c.Close()
	}
}

// What a client sends before the target speaks is kept for another target only
// up to a limit.
func TestMuchBeforeFirstByte(t *testing.T) {
	addr, targets := target(t)
	w := byPort(t, []string{addr})
	c := w.dial()
	server := receive(t, targets, "connection")
	want := strings.Repeat("0123456789abcdef", 64<<10)
	go func() {
		io.WriteString(c, want)
		c.CloseWrite()
	}()
	expect(t, server, want)
	expectEnd(t, server)
	w.one().frozen(func(c *Conn) {
		if cap(c.held) > 0 || c.stage != stageRelay {
			t.Errorf("holds %d bytes in stage %d", cap(c.held), c.stage)
		}
	})
	send(t, server, "thanks")
	expect(t, c, "thanks")
}

// The session tells of the target that took the connection, not of the first one.
func TestSessionNamesTheLastTarget(t *testing.T) {
	good := named(t, "good")
	w := byPort(t, nil)
	w.route("route add old PORT tcp://" + testenv.RefusedAddr(t) + "\nroute add new PORT tcp://" + good + ` opts "variant=canary"`)
	for range 10 {
		c := w.dial()
		expect(t, c, "good\n")
		c.Close()
		if s := w.session(); s.Service != "new" || s.Variant != "canary" || s.Target != good || s.Attempts > 2 || s.Err != nil {
			t.Errorf("session %+v", s)
		}
	}
}
