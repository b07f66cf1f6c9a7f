package e2e

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"weir/internal/testenv"
)

// held is a backend that answers when it is told to.
type held struct {
	*testenv.Backend
	begun, release chan struct{}
}

func hold(t *testing.T) held {
	h := held{begun: make(chan struct{}, 1), release: make(chan struct{})}
	h.Backend = testenv.HandlerBackend(t, "slow", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			io.WriteString(w, "slow")
			return
		}
		h.begun <- struct{}{}
		select {
		case <-h.release:
			io.WriteString(w, "done")
		case <-r.Context().Done():
		}
	}))
	return h
}

// inFront runs weir with an http and a tcp listener in front of a held backend,
// and begins a request that lasts.
func inFront(t *testing.T, h held, args ...string) (w *weir, long <-chan error) {
	t.Helper()
	routes := fmt.Sprintf("route add web end.test/ http://%s/", h.Addr)
	w = start(t, "http", append(args, "-registry.backend", "static", "-registry.static.routes", routes)...)
	answered := make(chan error, 1)
	go func() {
		got, err := w.get(0, "http://end.test/long")
		if err == nil && got != "done" {
			err = fmt.Errorf("answered %q", got)
		}
		answered <- err
	}()
	<-h.begun
	return w, answered
}

// TestATermSignalDrains: weir says that it is unhealthy while it still serves,
// then closes its listeners, lets the request under way finish, and exits with 0.
func TestATermSignalDrains(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		h := hold(t)
		w, long := inFront(t, h, "-proxy.deregistergraceperiod", "1s", "-proxy.shutdownwait", "1m")
		idle := dial(t, w.listen[0])
		if _, err := testenv.Exchange(idle, bufio.NewReader(idle), "end.test"); err != nil {
			t.Fatal(err)
		}
		w.Signal(signal)
		if a := w.health(http.StatusServiceUnavailable); !strings.Contains(a.body, "shutting down") {
			t.Errorf("/health says %q", a.body)
		}
		if _, err := w.get(0, "http://end.test/"); err != nil {
			t.Errorf("unhealthy, but it must still serve: %v", err)
		}
		w.refuses(0)
		if a := w.health(http.StatusServiceUnavailable); a.body == "" {
			t.Error("the admin API is away while weir drains")
		}
		if rest, err := io.ReadAll(idle); len(rest) != 0 || err != nil {
			t.Errorf("an idle connection got %q (%v), want its end", rest, err)
		}
		begun := time.Now()
		close(h.release)
		if err := <-long; err != nil {
			t.Errorf("the long request: %v", err)
		}
		if code := w.exits(); code != 0 || time.Since(begun) > 30*time.Second {
			t.Errorf("exit code %d, %v after the last request; the drain may last a minute", code, time.Since(begun))
		}
	}
}

// refuses waits until a listener is closed.
func (w *weir) refuses(listener int) {
	w.t.Helper()
	testenv.Eventually(w.t, within, func() error {
		conn, err := net.Dial("tcp", w.listen[listener])
		if err != nil {
			return nil
		}
		conn.Close()
		return fmt.Errorf("%s is still open", w.listen[listener])
	})
}

// TestASecondSignalExitsAtOnce: whatever is under way.
func TestASecondSignalExitsAtOnce(t *testing.T) {
	t.Parallel()
	h := hold(t)
	w, long := inFront(t, h, "-proxy.shutdownwait", "1h")
	w.Signal(syscall.SIGTERM)
	w.refuses(0)
	w.Signal(syscall.SIGTERM)
	if code := w.exits(); code != 1 || !strings.Contains(w.Output(), "again: exit at once") {
		t.Errorf("exit code %d, want 1 and a line that says why", code)
	}
	if err := <-long; err == nil {
		t.Error("the request that was cut was answered")
	}
}

// TestADrainIsBounded: what still runs after proxy.shutdownwait is cut, on HTTP
// and on TCP, and the exit is an orderly one. A connection that ends by itself
// in time loses nothing.
func TestADrainIsBounded(t *testing.T) {
	t.Parallel()
	echo := testenv.TCPBackend(t, "echo")
	port := testenv.FreePort()
	w := start(t, fmt.Sprintf("127.0.0.1:%d;proto=tcp", port), "-registry.backend", "static", "-proxy.shutdownwait", "2s",
		"-registry.static.routes", fmt.Sprintf("route add echo :%d tcp://%s", port, echo.Addr))
	ends, stays := dial(t, w.listen[0]), dial(t, w.listen[0])
	for _, conn := range []net.Conn{ends, stays} {
		if name := line(t, conn); name != "echo\n" {
			t.Fatalf("the target says %q", name)
		}
	}
	begun := time.Now()
	w.Signal(syscall.SIGTERM)
	w.refuses(0)
	io.WriteString(ends, "last words")
	ends.CloseWrite()
	if rest, err := io.ReadAll(ends); string(rest) != "last words" || err != nil {
		t.Errorf("a connection that ended in time got %q (%v)", rest, err)
	}
	if rest, _ := io.ReadAll(stays); len(rest) != 0 {
		t.Errorf("a connection that was cut got %q", rest)
	}
	if code, took := w.exits(), time.Since(begun); code != 0 || took < 1500*time.Millisecond {
		t.Errorf("exit code %d after %v, want 0 after two seconds", code, took)
	}
}

// line reads up to a newline, byte by byte so that nothing is lost.
func line(t *testing.T, conn net.Conn) (text string) {
	t.Helper()
	for b := make([]byte, 1); !strings.HasSuffix(text, "\n"); text += string(b) {
		if _, err := conn.Read(b); err != nil {
			t.Fatal(err)
		}
	}
	return text
}

// TestNotReadyBeforeTheFirstTable: while Consul cannot be asked, /health says
// no and no listener is open; then both change by themselves.
func TestNotReadyBeforeTheFirstTable(t *testing.T) {
	t.Parallel()
	c := testenv.SharedConsul(t)
	relay := testenv.NewRelay(t, c)
	relay.Cut()
	oneService(t, c, "one")
	w := launch(t, "http", consulFlags(c, relay.Addr)...)
	w.logged(`(source cannot be read)`, 1)
	if a := w.health(http.StatusServiceUnavailable); !strings.Contains(a.body, "waiting for the first complete routing table") {
		t.Errorf("/health says %q", a.body)
	}
	if strings.Contains(w.Output(), "msg=listening") {
		t.Error("a listener is open")
	}
	relay.Mend()
	w.serves(1)
	w.health(http.StatusOK)
	w.reaches(0, outage, "one")
	w.Signal(syscall.SIGTERM)
	if code := w.exits(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// TestASignalBeforeTheFirstTableEndsWeir: nothing is served, nothing drains.
func TestASignalBeforeTheFirstTableEndsWeir(t *testing.T) {
	t.Parallel()
	c := testenv.SharedConsul(t)
	relay := testenv.NewRelay(t, c)
	relay.Cut()
	w := launch(t, "http", consulFlags(c, relay.Addr, "-proxy.shutdownwait", "1h")...)
	w.Signal(syscall.SIGTERM)
	if code := w.exits(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
