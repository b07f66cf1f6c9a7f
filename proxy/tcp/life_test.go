package tcp

import (
	"io"
	"net"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"weir/internal/testenv"
)

func TestHelloTimeLimit(t *testing.T) {
	w := byName(t, toName("a.test", named(t, "a")))
	for _, n := range []int{0, 1, 200} {
		c := w.dial()
		send(t, c, string(hello(t, "a.test")[:n]))
		w.one().holds(t, n)
		w.tick(4 * time.Second)
		select {
		case <-w.refused:
			t.Fatal("refused before its time")
		default:
		}
		w.tick(6 * time.Second)
		expectEnd(t, c)
		if reason := receive(t, w.refused, "refusal"); reason != "hello" {
			t.Errorf("refused for %q", reason)
		}
	}
}

func TestIdleLimit(t *testing.T) {
	addr, targets := target(t)
	w := byPort(t, []string{addr}, func(e *Engine) { e.Idle = time.Minute })
	c := w.dial()
	server := receive(t, targets, "connection")
	minutes := func(n int) { w.tick(time.Duration(n) * time.Minute) }
	minutes(0)
	for i := range 3 { // bytes in either direction, before and after the target is settled
		from, to := c, server
		if i == 1 {
			from, to = server, c
		}
		send(t, from, "x")
		expect(t, to, "x")
		minutes(i + 1)
	}
	w.one()
	minutes(4)
	expectEnd(t, c)
	expectEnd(t, server)
	if s := w.session(); s.Err != errIdle || s.BytesIn != 2 || s.BytesOut != 1 {
		t.Errorf("session %+v", s)
	}
}

// A target that takes the connection and never says a word is no better.
func TestIdleLimitBeforeFirstByte(t *testing.T) {
	w := byPort(t, []string{silent(t)}, func(e *Engine) { e.Idle = time.Minute })
	c := w.dial()
	w.one()
	w.tick(0)
	w.tick(time.Minute)
	expectEnd(t, c)
}

func TestDrain(t *testing.T) {
	addr, targets := target(t)
	w := byName(t, toName("a.test", addr))
	idle := w.dial()
	w.one()
	w.each((*Conn).Drain)
	expectEnd(t, idle)
	if s := w.session(); s.Err != errCut {
		t.Errorf("the idle connection's session says %v", s.Err)
	}
	begun, greeting := w.dial(), string(hello(t, "a.test"))
	send(t, begun, greeting[:10])
	w.one().holds(t, 10)
	w.each((*Conn).Drain)
	send(t, begun, greeting[10:])
	server := receive(t, targets, "connection")
	expect(t, server, greeting)
	w.each((*Conn).Drain)
	send(t, server, "answer")
	expect(t, begun, "answer")
	w.each((*Conn).Drain)
	send(t, begun, "more")
	expect(t, server, "more")
}

// What is there and was not looked at yet was sent all the same.
func TestDrainBeforeTheFirstLook(t *testing.T) {
	w := byName(t, toName("a.test", named(t, "a")))
	l, err := Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c := connectTo(t, l.Addr().String())
	s, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	greeting := hello(t, "a.test")
	send(t, c, string(greeting))
	eventually(t, func() bool { return info(t, s.fd).Bytes_received == uint64(len(greeting)) })
	conn := w.engine.Conn(s)
	conn.Drain()
	w.begin(conn)
	expect(t, c, "a\n")
}

// holds waits until the connection holds so many bytes of the client.
func (c *Conn) holds(t testing.TB, n int) {
	t.Helper()
	eventually(t, func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		return len(c.held) == n
	})
}

// Close ends a connection in every stage, once, and the client sees it.
func TestClose(t *testing.T) {
	greeting := string(hello(t, "a.test"))
	addr, targets := target(t)
	for name, one := range map[string]struct {
		target, sent string
		stage        stage
	}{
		"hello":   {addr, "", stageHello},
		"pause":   {testenv.RefusedAddr(t), greeting, stageWait},
		"connect": {deaf(t), greeting, stageOpen},
		"open":    {silent(t), greeting, stageOpen},
		"relay":   {addr, greeting, stageRelay},
	} {
		t.Run(name, func(t *testing.T) {
			w := byName(t, toName("a.test", one.target))
			c := w.dial()
			send(t, c, one.sent)
			if one.stage == stageRelay {
				send(t, receive(t, targets, "connection"), "x")
			}
			conn := w.one()
			eventually(t, func() bool {
				conn.mu.Lock()
				defer conn.mu.Unlock()
				return conn.stage == one.stage
			})
			conn.Close()
			conn.Close()
			io.Copy(io.Discard, c)
			if s := w.session(); s.Err != errCut {
				t.Errorf("the session says %v", s.Err)
			}
			conn.Tick(time.Now().Add(time.Hour))
			conn.Drain()
		})
	}
}

func TestCloseBeforeStart(t *testing.T) {
	w := byPort(t, []string{silent(t)})
	l, err := Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c := connectTo(t, l.Addr().String())
	s, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	conn := w.engine.Conn(s)
	if conn.Remote().String() != c.LocalAddr().String() {
		t.Errorf("remote %v, want %v", conn.Remote(), c.LocalAddr())
	}
	conn.Close()
	conn.Serve()
	expectEnd(t, c)
	if s := w.session(); s.Err != errCut {
		t.Errorf("the session says %v", s.Err)
	}
}

// Two hundred swaps a second harm nobody, also when each takes away the target
// that was there before.
func TestSwapsUnderLoad(t *testing.T) {
	const clients, rounds = 64, 30
	addrs := []string{named(t, "a"), named(t, "a"), testenv.RefusedAddr(t)}
	w := byPort(t, addrs)
	tables := slices.Collect(func(yield func(string) bool) {
		for _, set := range [][]string{addrs[:1], addrs[1:2], addrs[1:], addrs, addrs[:2]} {
			yield(toPort(set...))
		}
	})
	var left atomic.Int64
	left.Store(clients)
	ended := make(chan string, clients)
	for range clients {
		go func() {
			ended <- visit(w.addr, rounds)
			left.Add(-1)
		}()
	}
	swap := time.NewTicker(5 * time.Millisecond)
	defer swap.Stop()
	for i := 0; left.Load() > 0; i++ {
		<-swap.C
		w.route(tables[i%len(tables)])
	}
	for range clients {
		if failure := <-ended; failure != "" {
			t.Error(failure)
		}
	}
}

// visit talks to a named server so many times and says what went wrong.
func visit(addr string, rounds int) (failure string) {
	for range rounds {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			return err.Error()
		}
		c.SetDeadline(time.Now().Add(patience))
		c.Write([]byte("ping"))
		c.(*net.TCPConn).CloseWrite()
		all, err := io.ReadAll(c)
		c.Close()
		if err != nil || string(all) != "a\nping" {
			return "got " + string(all)
		}
	}
	return ""
}
