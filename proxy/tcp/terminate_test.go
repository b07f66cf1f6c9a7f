package tcp

import (
	"bytes"
	"io"
	"net"
	"testing"
	"time"

	"weir/internal/testenv"
	"weir/proxy/exchange"
	"weir/route"
)

// ended is the connection of a client whose TLS is ended here: it sends back
// what it reads.
type ended struct {
	net.Conn
	calls chan string
}

func (e *ended) Serve() {
	e.calls <- "serve"
	io.Copy(e.Conn, struct{ io.Reader }{e.Conn})
	e.Conn.Close()
}

func (e *ended) Drain()              { e.calls <- "drain" }
func (e *ended) Tick(time.Time)      { e.calls <- "tick" }
func (e *ended) Look(*exchange.Look) { e.calls <- "look" }

// both runs a proxy that passes some names through and ends the others' TLS.
func both(t *testing.T, routes string) (w *world, calls chan string) {
	calls = make(chan string, 100)
	return byName(t, routes, func(e *Engine) {
		e.Terminate = func(c net.Conn, ends Ends) exchange.Conn {
			if !ends.Remote.Addr().IsLoopback() {
				t.Errorf("the client's address is %v", ends.Remote)
			}
			return &ended{c, calls}
		}
	}), calls
}

func TestPassthroughOrTerminate(t *testing.T) {
	passed, plain := named(t, "passed"), named(t, "plain")
	w, _ := both(t, `route add svc pass.test/ tcp://`+passed+`
route add svc marked.test/ https://`+passed+` opts "proto=tcp"
route add svc end.test/ http://`+plain+`
route add svc denied.test/ tcp://`+passed+` opts "deny=ip:127.0.0.0/8"
route add svc allowed.test/ tcp://`+passed+` opts "allow=ip:127.0.0.1"`)
	for name, want := range map[string]string{
		"pass.test": "passed\n", "marked.test": "passed\n", "allowed.test": "passed\n", "denied.test": "",
		"end.test": "its own", "unknown.test": "its own", "": "its own",
	} {
		c := w.dial()
		sent := append(hello(t, name), "and behind"...)
		send(t, c, string(sent))
		c.CloseWrite()
		got, _ := io.ReadAll(c)
		if want == "its own" && !bytes.Equal(got, sent) || want != "its own" && (!bytes.HasPrefix(got, []byte(want)) || want == "" && len(got) > 0) {
			t.Errorf("%q: got %.20q, want %q", name, got, want)
		}
	}
}

// A client never sees our certificate in place of its server's.
func TestPassthroughWithNobodyUp(t *testing.T) {
	w, _ := both(t, "")
	table, _ := route.Build(route.Input{Instances: []route.Instance{
		{Service: "svc", ID: "1", Address: "127.0.0.1", Port: 1, Tags: []string{"urlprefix-a.test/ proto=tcp"}},
	}})
	w.live.Store(table)
	c := w.dial()
	send(t, c, string(hello(t, "a.test")))
	expectEnd(t, c)
	if s := w.session(); s.Err != exchange.ErrNoTarget {
		t.Errorf("the session says %v", s.Err)
	}
}

// A route that is not passed through any more while a target is looked for ends
// the connection: its bytes are with nobody.
func TestKindChangesDuringSearch(t *testing.T) {
	w, calls := both(t, toName("a.test", testenv.RefusedAddr(t)))
	c := w.dial()
	send(t, c, string(hello(t, "a.test")))
	conn := w.one()
	eventually(t, func() bool {
		conn.mu.Lock()
		defer conn.mu.Unlock()
		return conn.stage == stageWait
	})
	w.route("route add svc a.test/ http://127.0.0.1:1")
	expectEnd(t, c)
	if s := w.session(); s.Err != errNotTCP || len(calls) > 0 {
		t.Errorf("the session says %v", s.Err)
	}
}

// After the hand-over all goes to who took the client.
func TestHandedOver(t *testing.T) {
	w, calls := both(t, "")
	c := w.dial()
	first := string(hello(t, "a.test"))
	send(t, c, first)
	expect(t, c, first)
	w.each((*Conn).Drain)
	w.tick(time.Hour)
	for _, want := range []string{"serve", "drain", "tick"} {
		if got := receive(t, calls, "call"); got != want {
			t.Errorf("%s was called, want %s", got, want)
		}
	}
	send(t, c, "still there")
	expect(t, c, "still there")
	w.one().Close()
	expectEnd(t, c)
	w.none()
	select {
	case s := <-w.sessions:
		t.Errorf("a handed connection is no session: %+v", s)
	default:
	}
}
