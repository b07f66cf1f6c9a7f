package http2

import (
	"context"
	"errors"
	"net"
	"runtime"
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
func next[T any](t testing.TB, c <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(patience):
		t.Fatalf("nothing came within %v", patience)
	}
	return v
}

// soon waits for ok.
func soon(t testing.TB, what string, ok func() bool) {
	t.Helper()
	testenv.Eventually(t, patience, func() error {
		if !ok() {
			return errors.New(what)
		}
		return nil
	})
}

// hold waits for c where the test is served: to the end of the test at most,
// so that a test that failed does not wait for its own servers.
func hold(t testing.TB, c <-chan struct{}) {
	select {
	case <-c:
	case <-t.Context().Done():
	}
}

// joined waits for wait to return, and shows what all goroutines do when that
// does not come to pass.
func joined(t testing.TB, what string, wait func()) {
	t.Helper()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		wait()
	}()
	select {
	case <-ended:
	case <-time.After(lifetime + patience):
		stacks := make([]byte, 1<<20)
		t.Errorf("%s did not end within %v:\n%s", what, lifetime+patience, stacks[:runtime.Stack(stacks, true)])
	}
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
