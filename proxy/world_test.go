package proxy

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"weir/internal/testenv"
	"weir/proxy/exchange"
	"weir/proxy/http1"
	"weir/proxy/upstream"
	"weir/route"
	"weir/tlssni"
)

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// world is a running server on loopback.
type world struct {
	*Server
	t     testing.TB
	addrs map[string]string // of the listeners, by protocol
	live  *route.Live
	roots *x509.CertPool // trust the server's certificate, of own.test
	stop  func()         // begins the end
	done  chan error     // what Run returned

	accepted, closed atomic.Int64
	refused          chan string
	sessions         chan exchange.Session
}

var protocols = []string{"http", "https", "tcp", "tcp+sni", "https+tcp+sni"}

// all changes each of the listeners that a server begins with.
func all(change func(*Listener)) func(*Server) {
	return func(s *Server) {
		for i := range s.Listeners {
			change(&s.Listeners[i])
		}
	}
}

// start runs a server with a listener of each protocol. {tcp} in routes stands
// for the port of the tcp listener, as ":9000".
func start(t testing.TB, routes string, change ...func(*Server)) *world {
	t.Helper()
	cert := testenv.NewCert(t, "own.test")
	w := &world{t: t, live: &route.Live{}, roots: cert.Roots, addrs: map[string]string{}, done: make(chan error, 1),
		refused: make(chan string, 100), sessions: make(chan exchange.Session, 100)}
	conf := &tls.Config{Certificates: []tls.Certificate{cert.TLS}, NextProtos: []string{"h2", "http/1.1"}}
	pool := &upstream.Pool{Dialer: &upstream.Dialer{}}
	limits := exchange.Limits{HeaderBytes: 60 << 10, HeaderFields: 100, URIBytes: 16 << 10}
	transport := &http1.Transport{Pool: pool, Limits: limits}
	w.Server = &Server{Observer: observer{w: w}, Log: slog.New(slog.DiscardHandler)}
	handler := &exchange.Handler{Chooser: &exchange.Chooser{Live: w.live}, Observer: observer{w: w},
		Transports: map[string]exchange.Transport{"http": transport},
		NoRoute:    func() (int, []byte) { return 404, nil }}
	for _, proto := range protocols {
		l := Listener{Addr: "127.0.0.1:0", Proto: proto, Limits: limits, HTTP: handler, DrainTime: patience}
		if strings.HasPrefix(proto, "https") {
			l.TLS = conf
		}
		w.Listeners = append(w.Listeners, l)
	}
	for _, c := range change {
		c(w.Server)
	}
	w.run(pool)
	w.route(routes)
	return w
}

func (w *world) run(pool *upstream.Pool) {
	w.t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	w.stop = stop
	ready := make(chan []net.Addr, 1)
	poolCtx, closePool := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { w.done <- w.Server.Run(ctx, func(all []net.Addr) { ready <- all }) })
	running.Go(func() { pool.Run(poolCtx) })
	w.t.Cleanup(func() {
		stop()
		w.conns.each(func(c exchange.Conn) { c.Close() })
		closePool()
		running.Wait()
		if a, c := w.accepted.Load(), w.closed.Load(); a != c {
			w.t.Errorf("%d connections were accepted and %d closed", a, c)
		}
	})
	for i, addr := range receive(w.t, ready, "address") {
		w.addrs[w.Listeners[i].Proto] = addr.String()
	}
}

// route swaps the table.
func (w *world) route(commands string) {
	w.t.Helper()
	if _, port, err := net.SplitHostPort(w.addrs["tcp"]); err == nil {
		commands = strings.ReplaceAll(commands, "{tcp}", ":"+port)
	}
	table, problems := route.Build(route.Input{Commands: []route.Commands{{Source: "test", Text: commands}}})
	for _, p := range problems {
		w.t.Fatal(p)
	}
	w.live.Store(table)
}

// ended waits for Run to return.
func (w *world) ended() {
	w.t.Helper()
	if err := receive(w.t, w.done, "end of Run"); err != nil {
		w.t.Error(err)
	}
}

// dial connects to the listener of a protocol.
func (w *world) dial(proto string) *net.TCPConn {
	w.t.Helper()
	return w.dialFrom(proto, "127.0.0.1")
}

func (w *world) dialFrom(proto, from string) *net.TCPConn {
	w.t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	c, err := d.Dial("tcp", w.addrs[proto])
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
	return c.(*net.TCPConn)
}

// observer counts for a world.
type observer struct {
	exchange.Observer // nothing else is called
	w                 *world
}

func (o observer) Accepted(string)             { o.w.accepted.Add(1) }
func (o observer) Closed(string)               { o.w.closed.Add(1) }
func (o observer) Refused(_, reason string)    { offer(o.w.refused, reason) }
func (o observer) Exchange(*exchange.Exchange) {}
func (o observer) Session(s *exchange.Session) { offer(o.w.sessions, *s) }

// offer sends v unless nobody takes as much.
func offer[T any](c chan T, v T) {
	select {
	case c <- v:
	default:
	}
}

// receive takes from c what must come.
func receive[T any](t testing.TB, c <-chan T, what string) T {
	t.Helper()
	return testenv.Next(t, patience, what, c)
}

// expectLine reads a line.
func expectLine(t testing.TB, c net.Conn, want string) {
	t.Helper()
	if got, err := bufio.NewReaderSize(c, 16).ReadString('\n'); got != want+"\n" {
		t.Fatalf("got %q (%v), want the line %q", got, err, want)
	}
}

// expectEnd reads the end of input, or a reset, and nothing before.
func expectEnd(t testing.TB, c net.Conn) {
	t.Helper()
	n, err := c.Read(make([]byte, 100))
	if timeout, ok := err.(net.Error); n > 0 || err == nil || ok && timeout.Timeout() {
		t.Fatalf("got %d bytes (%v), want the end of input", n, err)
	}
}

// hello is a ClientHello.
func hello(t testing.TB, name string) []byte {
	t.Helper()
	client, server := net.Pipe()
	defer client.Close()
	go tls.Client(client, &tls.Config{ServerName: name, InsecureSkipVerify: true}).Handshake()
	_, read, err := tlssni.Read(server, nil)
	if err != nil {
		t.Fatal(err)
	}
	server.Close()
	return read
}
