package app

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"weir/internal/testenv"
	"weir/route"
)

// The names that the tables of this test route, by HTTP and by server name.
const (
	swapWeb = "web.swap.test"
	swapSNI = "sni.swap.test"
)

// tables are the targets of the tables that take turns.
type tables struct {
	web, sni [3]string // host:port
}

// build is the n-th table: targets, their weights and other routes come and go,
// but both names always have two targets.
func (s *tables) build(t *testing.T, n int) *route.Table {
	var text string
	for i := range 2 {
		at, weight := (n+i)%3, 0.2+0.1*float64(n%4)
		if i == 1 {
			weight = 1 - weight
		}
		text += fmt.Sprintf("route add web %s/ http://%s/ weight %.1f\n", swapWeb, s.web[at], weight)
		text += fmt.Sprintf("route add sni %s/ tcp://%s weight %.1f\n", swapSNI, s.sni[at], weight)
	}
	for i := range n % 7 {
		text += fmt.Sprintf("route add other other%d.test/ http://127.0.0.1:1/\n", n+i)
	}
	table, problems := route.Build(route.Input{Commands: []route.Commands{{Source: "test", Text: text}}})
	if len(problems) > 0 {
		t.Fatalf("%+v", problems)
	}
	return table
}

// serve runs the listeners of a weir whose table the test sets.
func serve(t *testing.T, a *App) (*parts, []net.Addr) {
	t.Helper()
	p, err := a.assemble(&net.TCPAddr{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	open := make(chan []net.Addr, 1)
	running.Go(func() { p.pool.Run(ctx) })
	running.Go(func() {
		if err := p.server.Run(ctx, func(addrs []net.Addr) { open <- addrs }); err != nil {
			t.Error(err)
			open <- nil
		}
	})
	t.Cleanup(func() {
		cancel()
		running.Wait()
		p.close()
	})
	return p, <-open
}

// TestTwoHundredSwapsASecondLoseNothing: 64 clients, half of them by HTTP and
// half by TCP+SNI, while the table changes under them.
func TestTwoHundredSwapsASecondLoseNothing(t *testing.T) {
	const swaps = 600
	hello := testenv.ClientHello(t, swapSNI)
	var s tables
	var serving sync.WaitGroup
	t.Cleanup(serving.Wait)
	for i := range 3 {
		s.web[i] = testenv.HTTPBackend(t, "web").Addr
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		s.sni[i] = l.Addr().String()
		serving.Go(func() { testenv.HelloServer{Name: "sni", Hello: hello}.Serve(l) })
		t.Cleanup(func() { l.Close() })
	}
	p, addrs := serve(t, configured(t, "-proxy.addr", "127.0.0.1:0;proto=http,127.0.0.1:0;proto=tcp+sni"))
	p.live.Store(s.build(t, 0))
	load := testenv.StartLoad(t,
		testenv.Paced(32, 20, func() testenv.Client { return &testenv.Requests{Addr: addrs[0].String(), Host: swapWeb} }),
		testenv.Paced(32, 20, func() testenv.Client { return &testenv.Hellos{Addr: addrs[1].String(), Hello: hello} }),
	)
	tick := time.NewTicker(time.Second / 220) // ticks that come late are dropped
	defer tick.Stop()
	begun := time.Now()
	for n := range swaps {
		<-tick.C
		p.live.Store(s.build(t, n))
	}
	t.Logf("%.0f swaps a second", swaps/time.Since(begun).Seconds())
	load.Stop()
}

// TestWhatIsOpenOutlivesItsRoute: a request and a connection under way go on
// when their routes are gone, and new ones find none.
func TestWhatIsOpenOutlivesItsRoute(t *testing.T) {
	begun, release := make(chan struct{}), make(chan struct{})
	slow := testenv.HandlerBackend(t, "slow", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(begun)
		<-release
		io.WriteString(w, "done")
	}))
	echo := testenv.TCPBackend(t, "echo")
	p, addrs := serve(t, configured(t, "-proxy.addr", "127.0.0.1:0;proto=http,127.0.0.1:0;proto=tcp+sni"))
	table, _ := route.Build(route.Input{Commands: []route.Commands{{Source: "test", Text: fmt.Sprintf(
		"route add web %s/ http://%s/\nroute add sni %s/ tcp://%s", swapWeb, slow.Addr, swapSNI, echo.Addr)}}})
	p.live.Store(table)

	web, sni := dial(t, addrs[0]), dial(t, addrs[1])
	answer := make(chan string, 1)
	go func() {
		body, err := testenv.Exchange(web, bufio.NewReader(web), swapWeb)
		answer <- fmt.Sprint(body, err)
	}()
	<-begun
	hello := testenv.ClientHello(t, swapSNI)
	sni.Write(hello)
	want := "echo\n" + string(hello)
	if _, err := io.ReadFull(sni, make([]byte, len(want))); err != nil {
		t.Fatal(err)
	}

	empty, _ := route.Build(route.Input{})
	p.live.Store(empty)
	if err := (&testenv.Hellos{Addr: addrs[1].String(), Hello: hello}).Once(); err == nil {
		t.Error("a new connection is served although the route is gone")
	}
	io.WriteString(sni, "and on")
	sni.CloseWrite()
	if rest, err := io.ReadAll(sni); string(rest) != "and on" || err != nil {
		t.Errorf("the open connection got %q (%v)", rest, err)
	}
	close(release)
	if got := <-answer; got != "done<nil>" {
		t.Errorf("the request under way got %s", got)
	}
}

func dial(t *testing.T, addr net.Addr) *net.TCPConn {
	t.Helper()
	conn, err := net.Dial("tcp", addr.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	return conn.(*net.TCPConn)
}
