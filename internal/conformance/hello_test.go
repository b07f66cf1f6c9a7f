package conformance

import (
	"bytes"
	"fmt"
	"os"
	"testing"
	"time"

	"weir/internal/testenv"
)

// helloCase is how a client begins a connection.
type helloCase struct {
	Name        string `json:"name"`
	Category    string `json:"category"`
	Why         string `json:"why"`
	Ref         string `json:"ref"`
	Passthrough string `json:"passthrough"` // a, b, none or a_or_none: where it goes
	Terminate   string `json:"terminate"`   // hello, refuse or either: what a TLS listener does
	CloseAfter  bool   `json:"close_after"` // the steps
	Steps       []struct {
		Delay  int    `json:"delay_ms"` // before it
		Plain  string `json:"b64"`
		Zipped string `json:"gz_b64"`
	} `json:"steps"`
}

// helloTime is how long the proxy may keep a client that goes on and on.
const helloTime = 12 * time.Second

// TestHostileHello: a hello goes to the target of its name, whole, whatever it
// is cut into; all else goes nowhere, and is not waited for.
func TestHostileHello(t *testing.T) {
	cases := readCases[helloCase](t, "testdata/hostile/hello.json")
	for _, listener := range []string{"tcp+sni", "https+tcp+sni"} {
		t.Run(listener, func(t *testing.T) {
			t.Parallel()
			a, b := newSink(t, "a"), newSink(t, "b")
			p := startProxy(t, testenv.NewCert(t, "weir.test"), []string{listener}, "-registry.backend=static",
				"-registry.static.routes=route add a a.test/ tcp://"+a.addr+"\nroute add b b.test/ tcp://"+b.addr)
			for _, c := range cases {
				t.Run(c.Name, func(t *testing.T) { c.pass(t, p.addr(listener), a, b) })
			}
		})
	}
	t.Run("https", func(t *testing.T) {
		t.Parallel()
		l := newLab(t, "https")
		for _, c := range cases {
			t.Run(c.Name, func(t *testing.T) { c.terminate(t, l.addr) })
		}
	})
}

// play sends the steps and returns what was sent and what came back first.
func (c helloCase) play(t *testing.T, addr string) (sent, reply []byte, ended bool) {
	t.Helper()
	conn, err := dial(addr)
	if err != nil {
		t.Fatalf("the proxy is gone: %v", err)
	}
	defer conn.Close()
	var steps [][]byte
	for _, s := range c.Steps {
		step, err := unpack(s.Plain, s.Zipped)
		if err != nil {
			t.Fatal(err)
		}
		steps, sent = append(steps, step), append(sent, step...)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i, step := range steps {
			pause(t, time.Duration(c.Steps[i].Delay)*time.Millisecond)
			if _, err := conn.Write(step); err != nil {
				return
			}
		}
		if c.CloseAfter {
			conn.Close()
		}
	}()
	defer func() { conn.Close(); <-done }()
	conn.SetReadDeadline(time.Now().Add(helloTime))
	buf := make([]byte, 64<<10)
	for len(reply) <= 5 {
		n, err := conn.Read(buf)
		reply = append(reply, buf[:n]...)
		if err != nil {
			return sent, reply, !os.IsTimeout(err)
		}
	}
	<-done
	return sent, reply, false
}

// pass checks where the bytes went.
func (c helloCase) pass(t *testing.T, addr string, a, b *sink) {
	a.reset()
	b.reset()
	sent, reply, ended := c.play(t, addr)
	routed := bytes.HasPrefix(reply, []byte("backend-"))
	if routed { // the rest may still be on its way
		testenv.Eventually(t, within, func() error {
			rawA, _ := a.got()
			rawB, _ := b.got()
			if got := append(bytes.Clone(rawA), rawB...); !bytes.Equal(got, sent) {
				return fmt.Errorf("%d of %d bytes came, or others", len(got), len(sent))
			}
			return nil
		})
	}
	rawA, connsA := a.got()
	rawB, connsB := b.got()
	got := "none"
	switch {
	case len(rawA) > 0 && len(rawB) > 0:
		got = "both"
	case len(rawA) > 0:
		got = "a"
	case len(rawB) > 0:
		got = "b"
	}
	if got != c.Passthrough && (c.Passthrough != "a_or_none" || got == "b" || got == "both") {
		t.Errorf("%s: it went to %s, want %s", c.Why, got, c.Passthrough)
	}
	if got == "none" && connsA+connsB > 0 {
		t.Errorf("%s: a target was dialled for nothing", c.Why)
	}
	if got == "none" && !ended && len(reply) == 0 {
		t.Errorf("%s: the connection is still open after %v", c.Why, helloTime)
	}
}

// terminate checks what a listener with a certificate for a.test answers.
func (c helloCase) terminate(t *testing.T, addr string) {
	_, reply, ended := c.play(t, addr)
	const handshake, serverHello = 22, 2
	hello := len(reply) > 5 && reply[0] == handshake && reply[5] == serverHello
	switch {
	case c.Terminate == "hello" && !hello:
		t.Errorf("%s: no handshake but %.40q, ended %v", c.Why, reply, ended)
	case c.Terminate == "refuse" && hello:
		t.Errorf("%s: it was welcome", c.Why)
	case len(reply) == 0 && !ended:
		t.Errorf("%s: the connection is still open after %v", c.Why, helloTime)
	}
}
