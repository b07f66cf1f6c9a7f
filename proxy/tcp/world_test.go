package tcp

import (
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"weir/internal/testenv"
	"weir/proxy/exchange"
	"weir/route"
)

// world is a proxy with one listener, on loopback.
type world struct {
	t        testing.TB
	addr     string
	port     string // ":9000"
	live     *route.Live
	engine   *Engine
	sessions chan exchange.Session // as the observer saw them
	refused  chan string

	mu    sync.Mutex
	conns []*Conn
}

// byName runs a proxy that routes by server name. routes are route commands.
func byName(t testing.TB, routes string, change ...func(*Engine)) *world {
	t.Helper()
	return start(t, routes, change)
}

// byPort runs a proxy that routes all it accepts to these targets.
func byPort(t testing.TB, targets []string, change ...func(*Engine)) *world {
	t.Helper()
	return start(t, toPort(targets...), append(change, func(e *Engine) { e.Port = ":0" }))
}

// toPort are the commands that route the listener's port to targets.
func toPort(targets ...string) string {
	var lines []string
	for _, addr := range targets {
		lines = append(lines, "route add svc PORT tcp://"+addr)
	}
	return strings.Join(lines, "\n")
}

// toName are the commands that route a server name to targets.
func toName(name string, targets ...string) string {
	return strings.ReplaceAll(toPort(targets...), "PORT", name+"/")
}

func start(t testing.TB, routes string, change []func(*Engine)) *world {
	t.Helper()
	l, err := Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	poller, err := NewPoller()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, addr: l.Addr().String(), live: &route.Live{},
		sessions: make(chan exchange.Session, 1000), refused: make(chan string, 1000)}
	w.port = ":" + strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	w.engine = &Engine{Listener: "test", Poller: poller, Chooser: &exchange.Chooser{Live: w.live}, Observer: observer{w: w}}
	for _, c := range change {
		c(w.engine)
	}
	if w.engine.Port != "" {
		w.engine.Port = w.port
	}
	w.route(routes)
	var accepting, polling sync.WaitGroup
	polling.Go(poller.Run)
	accepting.Go(func() { w.accept(l) })
	t.Cleanup(func() {
		l.Close()
		accepting.Wait()
		w.each(func(c *Conn) { c.Close() })
		w.none()
		poller.Close()
		polling.Wait()
	})
	return w
}

// route swaps the table.
func (w *world) route(commands string) {
	w.t.Helper()
	w.live.Store(table(w.t, strings.ReplaceAll(commands, "PORT", w.port)))
}

func table(t testing.TB, commands string) *route.Table {
	t.Helper()
	table, problems := route.Build(route.Input{Commands: []route.Commands{{Source: "test", Text: commands}}})
	for _, p := range problems {
		t.Fatal(p)
	}
	return table
}

func (w *world) accept(l *Listener) {
	for {
		s, err := l.Accept()
		if err != nil {
			return
		}
		w.begin(w.engine.Conn(s))
	}
}

func (w *world) begin(c *Conn) {
	w.mu.Lock()
	w.conns = append(w.conns, c)
	w.mu.Unlock()
	c.Start(ending(func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.conns = slices.DeleteFunc(w.conns, func(o *Conn) bool { return o == c })
	}))
}

// ending is an Owner that refuses nobody.
type ending func()

func (e ending) Ended()                  { e() }
func (e ending) Known(netip.Addr) string { return "" }

// each calls do for the connections that are open now.
func (w *world) each(do func(*Conn)) {
	w.mu.Lock()
	all := slices.Clone(w.conns)
	w.mu.Unlock()
	for _, c := range all {
		do(c)
	}
}

// tick tells the open connections that it is so much later than now.
func (w *world) tick(later time.Duration) {
	w.each(func(c *Conn) { c.Tick(time.Now().Add(later)) })
}

// one waits until there is exactly one open connection.
func (w *world) one() (c *Conn) {
	w.t.Helper()
	eventually(w.t, func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		if len(w.conns) == 1 {
			c = w.conns[0]
		}
		return c != nil
	})
	return c
}

// none waits until no connection is open.
func (w *world) none() {
	w.t.Helper()
	eventually(w.t, func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return len(w.conns) == 0
	})
}

// session waits for the next connection to end.
func (w *world) session() exchange.Session {
	w.t.Helper()
	return receive(w.t, w.sessions, "session")
}

// observer notes what happens to the connections of a world.
type observer struct {
	exchange.Observer // nothing else is called
	w                 *world
}

func (o observer) Session(s *exchange.Session)     { offer(o.w.sessions, *s) }
func (o observer) Refused(listener, reason string) { offer(o.w.refused, reason) }

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

// eventually waits for what another goroutine or process brings about.
func eventually(t testing.TB, good func() bool) {
	t.Helper()
	testenv.Holds(t, patience, "it did not happen", good)
}
