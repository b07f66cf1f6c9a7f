package proxy

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"weir/internal/testenv"
	"weir/proxy/exchange"
)

var errStillOpen = errors.New("connections are open")

// open waits until so many connections are open.
func (w *world) open(want int) (n int) {
	w.t.Helper()
	testenv.Eventually(w.t, patience, func() error {
		w.conns.mu.Lock()
		defer w.conns.mu.Unlock()
		if n = len(w.conns.open); n != want {
			return errStillOpen
		}
		return nil
	})
	return n
}

// descriptors is how many are open.
func descriptors(t testing.TB) int {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

func TestLimitPerListener(t *testing.T) {
	tcp := testenv.TCPBackend(t, "tcp")
	w := start(t, "route add tcp {tcp} tcp://"+tcp.Addr, all(func(l *Listener) { l.MaxConns = 2 }))
	for _, proto := range protocols {
		one := w.dial(proto)
		w.dial(proto)
		expectEnd(t, w.dial(proto))
		if reason := receive(t, w.refused, "refusal"); reason != "listener full" {
			t.Errorf("%s: refused for %q", proto, reason)
		}
		w.open(2)
		one.Close()
		w.open(1)
		w.dial(proto)
		w.open(2)
		w.conns.each(func(c exchange.Conn) { c.Close() })
		w.open(0)
		for len(w.refused) > 0 { // of those that were cut in their hello
			<-w.refused
		}
	}
}

func TestLimitPerAddress(t *testing.T) {
	tcp := testenv.TCPBackend(t, "tcp")
	w := start(t, "route add tcp {tcp} tcp://"+tcp.Addr, all(func(l *Listener) { l.MaxPerAddr = 3 }))
	for _, proto := range []string{"tcp", "tcp+sni", "http"} {
		w.dial(proto)
	}
	w.open(3)
	for _, proto := range protocols {
		expectEnd(t, w.dial(proto))
		if reason := receive(t, w.refused, "refusal"); reason != "client address full" {
			t.Errorf("%s: refused for %q", proto, reason)
		}
	}
	expectLine(t, w.dialFrom("tcp", "127.0.0.2"), "tcp")
}

// Idle connections end at once, and Run does not wait any longer.
func TestDrainIdle(t *testing.T) {
	web := testenv.HTTPBackend(t, "web")
	w := start(t, "route add web / http://"+web.Addr, all(func(l *Listener) { l.H2C = true }))
	expectBody(t, w.client("https", w.roots, h1), "https://own.test/", "HTTP/1.1 web") // stays open, as keep-alive does
	expectBody(t, w.client("https+tcp+sni", w.roots, h1), "https://own.test/", "HTTP/1.1 web")
	var silent []net.Conn
	for _, proto := range []string{"http", "https", "tcp+sni", "https+tcp+sni"} {
		silent = append(silent, w.dial(proto))
	}
	w.open(6)
	began := time.Now()
	w.stop()
	for _, c := range silent {
		expectEnd(t, c)
	}
	w.ended()
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("took %v though nothing was going on", took)
	}
	if _, err := net.Dial("tcp", w.addrs["http"]); err == nil {
		t.Error("still listening")
	}
}

// What runs is finished before Run returns.
func TestDrainActive(t *testing.T) {
	tcp := testenv.TCPBackend(t, "tcp")
	release, asked := make(chan struct{}), make(chan struct{}, 10)
	slow := testenv.HandlerBackend(t, "slow", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		<-release
		io.WriteString(w, "done")
	}))
	w := start(t, "route add slow own.test/ http://"+slow.Addr+"\nroute add tcp {tcp} tcp://"+tcp.Addr)
	c := w.dial("tcp")
	expectLine(t, c, "tcp")
	answers := make(chan struct{}, 3)
	for proto, client := range map[string]*http.Client{
		"http": w.client("http", nil, h1), "https": w.client("https", w.roots, h2), "https+tcp+sni": w.client("https+tcp+sni", w.roots, h1),
	} {
		go func() {
			scheme := map[bool]string{true: "http", false: "https"}[proto == "http"]
			version := map[bool]string{true: "HTTP/2.0", false: "HTTP/1.1"}[proto == "https"]
			expectBody(t, client, scheme+"://own.test/", version+" done")
			answers <- struct{}{}
		}()
		receive(t, asked, "request")
	}
	half := w.dial("https") // a handshake that has begun goes on, too
	first := hello(t, "own.test")
	half.Write(first[:100])
	w.open(5)
	w.stop()
	io.WriteString(c, "more\n")
	expectLine(t, c, "more")
	close(release)
	for range 3 {
		receive(t, answers, "answer")
	}
	c.Close()
	half.Write(first[100:])
	if head := make([]byte, 6); must(io.ReadFull(half, head)) != 6 || head[0] != 22 || head[5] != 2 {
		t.Errorf("got % x, want a ServerHello", head)
	}
	half.Close()
	w.ended()
}

func must(n int, _ error) int { return n }

// After DrainTime what still runs is cut, whatever it is doing.
func TestDrainTime(t *testing.T) {
	tcp := testenv.TCPBackend(t, "tcp")
	asked := make(chan struct{}, 10)
	hangs := testenv.HandlerBackend(t, "hangs", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		<-r.Context().Done()
	}))
	w := start(t, "route add hangs own.test/ http://"+hangs.Addr+"\nroute add tcp {tcp} tcp://"+tcp.Addr,
		all(func(l *Listener) { l.DrainTime, l.H2C = 100*time.Millisecond, true }))
	c := w.dial("tcp")
	expectLine(t, c, "tcp")
	cut := make(chan error, 4)
	for _, client := range []*http.Client{
		w.client("http", nil, h1), w.client("https", w.roots, h1), w.client("https", w.roots, h2), w.client("https+tcp+sni", w.roots, h1),
	} {
		scheme := "https"
		if client.Transport.(*http.Transport).TLSClientConfig.RootCAs == nil {
			scheme = "http"
		}
		go func() {
			_, err := client.Get(scheme + "://own.test/")
			cut <- err
		}()
		receive(t, asked, "request")
	}
	half := w.dial("https")
	half.Write(hello(t, "own.test")[:100])
	w.open(6)
	began := time.Now()
	w.stop()
	expectEnd(t, c)
	expectEnd(t, half)
	for range 4 {
		if err := receive(t, cut, "end"); err == nil {
			t.Error("a request was answered")
		}
	}
	w.ended()
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("took %v, want about 100ms", took)
	}
}

// fake is a connection that notes what is asked of it.
type fake struct {
	exchange.Conn
	drained, closed atomic.Bool
}

func (f *fake) Drain()       { f.drained.Store(true) }
func (f *fake) Close() error { f.closed.Store(true); return nil }

// A connection that was admitted before the drain and begins later must not be
// forgotten.
func TestBeginsLate(t *testing.T) {
	var c conns
	g := newGroup()
	addr := netip.MustParseAddr("127.0.0.1")
	for range 2 {
		if why := c.admit(g, addr, 0, 0); why != "" {
			t.Fatal(why)
		}
	}
	over := make(chan struct{})
	go func() {
		c.drain(g, time.Nanosecond)
		close(over)
	}()
	testenv.Eventually(t, patience, func() error {
		late := &fake{}
		c.begin(g, late)
		if !late.closed.Load() {
			return errStillOpen
		}
		return nil
	})
	if why := c.admit(g, addr, 0, 0); why != "draining" {
		t.Errorf("admitted while draining: %q", why)
	}
	for range 2 {
		c.leave(g, addr, nil)
	}
	receive(t, over, "end of the drain")
}
