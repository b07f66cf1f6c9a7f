package http1

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"weir/internal/testenv"
	"weir/proxy/exchange"
	"weir/proxy/upstream"
	"weir/route"
)

// world is a proxy in front of one target, on loopback.
type world struct {
	addr   string
	engine *Engine
	pool   *upstream.Pool
	target *route.Target
	tls    *testenv.Cert // for clients; nil: they speak plain TCP
	wait   time.Duration // for another target; negative: none is looked for
	now    time.Time     // where the test makes time pass; zero: it passes by itself

	mu    sync.Mutex
	conns map[*Conn]bool
	over  bool    // connections are closed
	seen  []ended // what the observer saw
	all   sync.WaitGroup
}

// ended is an exchange as the observer saw it.
type ended struct {
	status, attempts int
	in, out          int64
	err              error
}

// option changes a world before it starts.
type option func(w *world, tr *Transport)

// start runs a proxy that sends everything to target, "http://127.0.0.1:80", or
// what else may follow in a route command.
func start(t testing.TB, target string, options ...option) *world {
	t.Helper()
	w := &world{conns: make(map[*Conn]bool), wait: -1, pool: &upstream.Pool{Dialer: &upstream.Dialer{Timeout: patience}}}
	lim := exchange.Limits{HeaderBytes: 60 << 10, HeaderFields: 200, URIBytes: 16 << 10}
	tr := &Transport{Pool: w.pool, Limits: lim}
	w.engine = &Engine{Limits: lim, Observer: observer{w: w}}
	for _, o := range options {
		o(w, tr)
	}
	w.engine.Handler = handler(t, target, tr, w)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w.addr = l.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	w.all.Go(func() { w.accept(l.(*net.TCPListener)) })
	if w.now.IsZero() {
		w.all.Go(func() { w.pool.Run(ctx) })
	}
	t.Cleanup(func() {
		cancel()
		w.pool.Run(ctx)
		l.Close()
		w.end()
		joined(t, "the proxy", w.all.Wait)
		if n := w.pool.InFlight(w.target); n != 0 {
			t.Errorf("%d connections to the target are in use after the end", n)
		}
	})
	return w
}

func handler(t testing.TB, target string, tr exchange.Transport, w *world) *exchange.Handler {
	t.Helper()
	table, problems := route.Build(route.Input{Commands: []route.Commands{{Source: "test", Text: "route add svc / " + target}}})
	for _, p := range problems {
		t.Fatal(p)
	}
	w.target = table.HTTP("", "/", false).Pick(route.Draw{})
	live := &route.Live{}
	live.Store(table)
	return &exchange.Handler{Chooser: &exchange.Chooser{Live: live, Wait: w.wait}, Observer: observer{w: w}, Retry: &exchange.Budget{Least: 100},
		Transports: map[string]exchange.Transport{"http": tr, "https": tr}}
}

func (w *world) accept(l *net.TCPListener) {
	for {
		c, err := l.AcceptTCP()
		if err != nil {
			return
		}
		if w.tls == nil {
			w.serve(w.engine.Conn(c, client(c), nil))
		} else {
			w.all.Go(func() { w.terminate(c) })
		}
	}
}

// terminate serves a connection after its TLS handshake.
func (w *world) terminate(c net.Conn) {
	secure := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{w.tls.TLS}})
	c.SetDeadline(time.Now().Add(patience))
	if err := secure.Handshake(); err != nil {
		c.Close()
		return
	}
	c.SetDeadline(time.Time{})
	from, state := client(c), secure.ConnectionState()
	from.TLS = &state
	w.serve(w.engine.Conn(secure, from, nil))
}

// overTLS has clients speak TLS.
func overTLS(t testing.TB) option {
	cert := testenv.NewCert(t, "a.test")
	return func(w *world, _ *Transport) { w.tls = &cert }
}

func client(c net.Conn) *exchange.Client {
	local := netip.MustParseAddrPort(c.LocalAddr().String())
	remote := netip.MustParseAddrPort(c.RemoteAddr().String())
	return &exchange.Client{Remote: remote, Local: local, IP: []byte(remote.Addr().String())}
}

func (w *world) serve(c *Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.conns[c] = true
	if w.over { // its handshake took until now
		c.Close()
	}
	w.all.Go(func() {
		c.Serve()
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.conns, c)
	})
}

// end closes all connections, those too that are just being opened.
func (w *world) end() {
	w.mu.Lock()
	w.over = true
	w.mu.Unlock()
	w.each((*Conn).Close)
}

func (w *world) each(do func(*Conn) error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.conns {
		do(c)
	}
}

// observer notes the exchanges of a world.
type observer struct {
	exchange.Observer // nothing else is called
	w                 *world
}

func (o observer) Exchange(x *exchange.Exchange) {
	o.w.mu.Lock()
	defer o.w.mu.Unlock()
	o.w.seen = append(o.w.seen, ended{x.Status, x.Attempts, x.BytesIn, x.BytesOut, x.Err})
}

// exchanges waits until n exchanges have ended.
func (w *world) exchanges(t *testing.T, n int) (seen []ended) {
	t.Helper()
	eventually(t, func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		seen = w.seen
		return len(seen) >= n
	})
	return seen
}

// conn is a client's end, plain or TLS.
type conn interface {
	net.Conn
	CloseWrite() error
}

// dial opens a client connection that cannot hang a test.
func (w *world) dial(t testing.TB) conn {
	t.Helper()
	c, err := net.Dial("tcp", w.addr)
	if err != nil {
		t.Fatal(err)
	}
	c.SetDeadline(time.Now().Add(patience))
	t.Cleanup(func() { c.Close() })
	if w.tls == nil {
		return c.(*net.TCPConn)
	}
	secure := tls.Client(c, &tls.Config{ServerName: "a.test", RootCAs: w.tls.Roots})
	if err := secure.Handshake(); err != nil {
		t.Fatal(err)
	}
	return secure
}

// talk sends raw and returns what comes back until the proxy closes.
func (w *world) talk(t testing.TB, raw string) string {
	t.Helper()
	c := w.dial(t)
	if _, err := io.WriteString(c, raw); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(c)
	if err != nil {
		t.Fatalf("after %q: %v", answer, err)
	}
	return string(answer)
}

// readAnswer reads one answer from c with the strict reader.
func readAnswer(t testing.TB, c io.Reader, r *strictReader) *message {
	t.Helper()
	buf := make([]byte, 64<<10)
	for {
		if len(r.b) > 0 {
			m, err := r.answer()
			if err == nil {
				return m
			}
			if !errors.Is(err, errNeedMore) {
				t.Fatalf("%v in %q", err, r.b)
			}
		}
		n, err := c.Read(buf)
		r.b = append(r.b, buf[:n]...)
		if n == 0 && err != nil {
			t.Fatalf("%v after %q", err, r.b)
		}
	}
}
