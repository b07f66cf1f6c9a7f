package http2

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"

	"weir/internal/testenv"
)

// patience is for how long a test waits for what must come: far longer than a
// machine under load takes, so that what never comes is told by its name.
const patience = time.Minute

// lifetime ends a client that nothing else ends. All that a test does to it must
// be done by then.
const lifetime = 3 * patience

// limited is t.Context with an end.
func limited(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), lifetime)
	t.Cleanup(cancel)
	return ctx
}

// next takes what must come on c.
func next[T any](t testing.TB, c <-chan T) T {
	t.Helper()
	return testenv.Next(t, patience, "value", c)
}

// soon waits for ok.
func soon(t testing.TB, what string, ok func() bool) {
	t.Helper()
	testenv.Holds(t, patience, what, ok)
}

// hold waits for c where the test is served: to the end of the test at most,
// so that a test that failed does not wait for its own servers.
func hold(t testing.TB, c <-chan struct{}) {
	select {
	case <-c:
	case <-t.Context().Done():
	}
}

// joined waits for wait to return.
func joined(t testing.TB, what string, wait func()) {
	t.Helper()
	testenv.Joined(t, lifetime+patience, what, wait)
}

// listen serves the connections to a loopback port, each on a goroutine, and
// closes them when the test ends: those too that are just being opened.
func listen(t testing.TB, serve func(net.Conn)) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			running.Go(func() {
				defer context.AfterFunc(t.Context(), func() { c.Close() })()
				defer c.Close()
				serve(c)
			})
		}
	})
	t.Cleanup(func() { joined(t, "a server", running.Wait) })
	t.Cleanup(func() { l.Close() })
	return l.Addr().String()
}
