package http1

import (
	"fmt"
	"io"
	"runtime"
	"testing"
	"time"

	"weir/proxy/exchange"
)

// buffers is what a connection that is not idle has at least, in bytes.
const buffers = inBytes + outBytes

// TestIdleConnectionsHoldNoBuffer opens many connections, and then has memory
// for far less than all their buffers in use: at once without TLS, and after two
// ticks with it.
func TestIdleConnectionsHoldNoBuffer(t *testing.T) {
	const many = 300
	for name, options := range map[string][]option{"plain": nil, "tls": {overTLS(t)}} {
		t.Run(name, func(t *testing.T) {
			w := start(t, "http://"+serveRaw(t, echo).addr, append(options, limited(exchange.Limits{}))...)
			w.dial(t)
			before := memory()
			for i := range many {
				c := w.dial(t)
				fmt.Fprintf(c, get, "")
				readAnswer(t, c, &strictReader{})
				w.exchanges(t, i+1)
			}
			after := memory()
			for range 2 {
				w.pass(time.Second)
			}
			switch name {
			case "plain":
				if n := (after - before) / many; n > buffers/2 {
					t.Errorf("%d bytes for an idle connection and its client, of which buffers would be %d", n, buffers)
				}
			case "tls":
				eventually(t, func() bool { return after-memory() > many*buffers/2 })
			}
		})
	}
}

// memory is what is in use, in bytes.
func memory() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

// What an idle connection gets wakes it, after any number of ticks.
func TestIdleConnectionsWakeUp(t *testing.T) {
	for name, options := range map[string][]option{"plain": nil, "tls": {overTLS(t)}} {
		for ticks := range 4 {
			t.Run(fmt.Sprintf("%s after %d ticks", name, ticks), func(t *testing.T) {
				w := start(t, "http://"+serveRaw(t, echo).addr, append(options, limited(exchange.Limits{}))...)
				c := w.dial(t)
				var r strictReader
				for i, pause := range []int{ticks, ticks, 0} {
					for range pause {
						w.pass(time.Second)
					}
					half := fmt.Sprintf(get, fmt.Sprint(i))
					io.WriteString(c, half[:10]) // the rest after it was woken
					w.pass(time.Second)
					io.WriteString(c, half[10:])
					if m := readAnswer(t, c, &r); m.body != fmt.Sprintf("GET /%d HTTP/1.1|", i) {
						t.Errorf("got %q", m.body)
					}
				}
				for range ticks {
					w.pass(time.Second)
				}
				c.CloseWrite()
				if n, err := io.Copy(io.Discard, c); n > 0 || err != nil {
					t.Errorf("%d bytes at the end, %v", n, err)
				}
			})
		}
	}
}

// A server that drains ends idle connections at once and others after their answer.
func TestDrain(t *testing.T) {
	for name, options := range map[string][]option{"plain": nil, "tls": {overTLS(t)}} {
		for ticks := range 3 {
			t.Run(fmt.Sprintf("%s after %d ticks", name, ticks), func(t *testing.T) {
				w := start(t, "http://"+serveRaw(t, echo).addr, append(options, limited(exchange.Limits{}))...)
				idle, busy := w.dial(t), w.dial(t)
				fmt.Fprintf(idle, get, "")
				readAnswer(t, idle, &strictReader{})
				w.exchanges(t, 1)
				io.WriteString(busy, "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\n\r\nhel")
				for range ticks {
					w.pass(time.Second)
				}
				eventually(t, func() bool { return w.isReading() })
				w.each(func(c *Conn) error { c.Drain(); return nil })
				if n, err := io.Copy(io.Discard, idle); n > 0 || err != nil {
					t.Errorf("%d bytes on the idle connection, %v", n, err)
				}
				io.WriteString(busy, "lo")
				var r strictReader
				if m := readAnswer(t, busy, &r); m.body != "POST / HTTP/1.1|hello" || fmt.Sprint(m.get("connection")) != "[close]" {
					t.Errorf("got %q %q", m.fields, m.body)
				}
				if n, err := io.Copy(io.Discard, busy); n > 0 || err != nil {
					t.Errorf("%d bytes behind the last answer, %v", n, err)
				}
			})
		}
	}
}

// isReading reports whether a client is waited for to send a body.
func (w *world) isReading() (reading bool) {
	w.each(func(c *Conn) error {
		reading = reading || c.reading.is(phaseRead)
		return nil
	})
	return reading
}
