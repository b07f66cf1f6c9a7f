package fabio

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"weir/internal/testenv"
	"weir/proxy/exchange"
	"weir/route"
)

// What fabio 1.7.3 was seen to send for one request, one redirect, one request
// without a route and one TCP connection with 79 bytes there and 113 back.
var recorded = map[string]string{
	"statsd": `
edge.fabio.db._28131._.127_0_0_1_28128.rx:113.000000|c
edge.fabio.db._28131._.127_0_0_1_28128.tx:79.000000|c
edge.fabio.http.redirect.count.code.302:1.000000|c
edge.fabio.http.status.code.200.service.web:TIME|ms
edge.fabio.notfound:1.000000|c
edge.fabio.requests.service.web:TIME|ms
edge.fabio.tcp.conn:1.000000|c
edge.fabio.web.web_test./.127_0_0_1_28128:TIME|ms
edge.fabio.ws.conn:0.000000|g`,
	"dogstatsd": `
edge.fabio.http.redirect.count:1.000000|c|#code:302
edge.fabio.http.status:TIME|h|#code:200,fabio-service:web
edge.fabio.notfound:1.000000|c
edge.fabio.requests:TIME|h|#fabio-service:web
edge.fabio.route.rx:113.000000|c|#fabio-service:db,fabio-host::28131,path:,target:tcp://127.0.0.1:28128/
edge.fabio.route.tx:79.000000|c|#fabio-service:db,fabio-host::28131,path:,target:tcp://127.0.0.1:28128/
edge.fabio.route:TIME|h|#fabio-service:web,fabio-host:web.test,path:/,target:http://127.0.0.1:28128/
edge.fabio.tcp.conn:1.000000|c
edge.fabio.ws.conn:0.000000|g`,
	"graphite": `
edge.fabio.db._28131._.127_0_0_1_28128.rx 113.000000 NOW
edge.fabio.db._28131._.127_0_0_1_28128.tx 79.000000 NOW
edge.fabio.http.redirect.count.code.302 1.000000 NOW
edge.fabio.http.status.code.200.service.web.p50 TIME NOW
edge.fabio.http.status.code.200.service.web.p99 TIME NOW
edge.fabio.notfound 1.000000 NOW
edge.fabio.requests.service.web.p95 TIME NOW
edge.fabio.tcp.conn 1.000000 NOW
edge.fabio.tcp.noroute 0.000000 NOW
edge.fabio.web.web_test./.127_0_0_1_28128.p90 TIME NOW
edge.fabio.ws.conn 0.000000 NOW`,
}

// world is an observer of a table with a service, a redirect and a TCP route.
func world(t *testing.T) *Observer {
	table, problems := route.Build(route.Input{Commands: []route.Commands{{Source: "test", Text: `
route add web web.test/ http://127.0.0.1:28128/
route add web web.test/old http://new.test/ opts "redirect=302"
route add db :28131 tcp://127.0.0.1:28128/`}}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	var live route.Live
	live.Store(table)
	names, err := ParseNames("edge.fabio.", "{{clean .Service}}.{{clean .Host}}.{{clean .Path}}.{{clean .TargetURL.Host}}", "h", "weir")
	if err != nil {
		t.Fatal(err)
	}
	return New(Config{Names: names, Buckets: []float64{.1, 1}, Live: &live, WebSockets: func() int { return 0 },
		Proto: func(listener string) string {
			return map[string]string{":9999": "http", ":28131": "tcp", ":50051": "grpc"}[listener]
		}})
}

// happen makes what was recorded happen.
func happen(o *Observer) {
	for _, r := range []struct {
		host, path string
		status     int
	}{{"web.test", "/a", 200}, {"web.test", "/old", 302}, {"none.test", "/", 404}} {
		x := &exchange.Exchange{Client: &exchange.Client{Listener: ":9999"}, Start: time.Now(), Status: r.status}
		if x.Route = o.config.Live.Load().HTTP(r.host, r.path, false); x.Route != nil {
			x.Target = x.Route.Pick(route.Draw{})
			if x.Target.Redirect() == nil {
				x.Attempts = 1
			}
		}
		o.Exchange(x)
	}
	o.Accepted(":28131")
	s := &exchange.Session{Listener: ":28131", Start: time.Now(), BytesIn: 79, BytesOut: 113}
	s.Route = o.config.Live.Load().Port(":28131")
	s.To = s.Route.Pick(route.Draw{})
	o.Session(s)
	o.Closed(":28131")
}

func TestReceiversGetWhatFabioSends(t *testing.T) {
	udp := func(s StatsD) func(*testing.T, *Observer) []string {
		return func(t *testing.T, o *Observer) []string { return overUDP(t, o, s) }
	}
	for name, deliver := range map[string]func(*testing.T, *Observer) []string{
		"statsd": udp(StatsD{}), "dogstatsd": udp(StatsD{Tagged: true}), "graphite": overTCP,
	} {
		t.Run(name, func(t *testing.T) {
			o := world(t)
			happen(o)
			got := deliver(t, o)
			for line := range strings.SplitSeq(strings.TrimSpace(recorded[name]), "\n") {
				if !slices.ContainsFunc(got, func(g string) bool { return same(line, g) }) {
					t.Errorf("nothing is like %s in\n%s", line, strings.Join(got, "\n"))
				}
			}
		})
	}
}

// same compares a line with a recorded one. The order of tags means nothing.
func same(want, got string) bool {
	want = regexp.QuoteMeta(sortTags(want))
	want = strings.NewReplacer("TIME", `[0-9.]+`, "NOW", `[0-9]+`).Replace(want)
	return regexp.MustCompile("^" + want + "$").MatchString(sortTags(got))
}

func sortTags(line string) string {
	head, tags, ok := strings.Cut(line, "|#")
	if !ok {
		return line
	}
	list := strings.Split(tags, ",")
	slices.Sort(list)
	return head + "|#" + strings.Join(list, ",")
}

func overUDP(t *testing.T, o *Observer, s StatsD) (lines []string) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	s.Addr = conn.LocalAddr().String()
	sendOnce(t, o, s)
	sendOnce(t, o, Lines{To: io.Discard}) // has nothing to do with it
	if err := conn.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	for buf := make([]byte, 65536); !slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, "ws.conn") }); {
		n, _, err := conn.ReadFrom(buf)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, strings.Split(strings.TrimSpace(string(buf[:n])), "\n")...)
	}
	return lines
}

func overTCP(t *testing.T, o *Observer) (lines []string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	var sending sync.WaitGroup
	sending.Go(func() { sendOnce(t, o, Graphite{listener.Addr().String(), 20 * time.Second}) })
	conn, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for scan := bufio.NewScanner(conn); scan.Scan(); {
		lines = append(lines, scan.Text())
	}
	sending.Wait()
	return lines
}

func sendOnce(t *testing.T, o *Observer, to Receiver) {
	values, err := (&reader{families: o.families}).read()
	if err != nil {
		t.Error(err)
	}
	if err := to.send(o.config.Names, values); err != nil {
		t.Error(err)
	}
}

// TestTimesAreSummedUp sends many times and finds how many and how long they
// were in a few lines.
func TestTimesAreSummedUp(t *testing.T) {
	o := world(t)
	for i := range 1000 {
		o.families.requests.WithLabelValues("web").Observe(float64(i+1) / 1000)
	}
	lines := slices.DeleteFunc(overUDP(t, o, StatsD{}), func(l string) bool { return !strings.Contains(l, "requests.service.web") })
	var count, sum float64
	for _, line := range lines {
		var ms, rate float64 = 0, 1
		if _, err := fmt.Sscanf(line, "edge.fabio.requests.service.web:%f|ms|@%f", &ms, &rate); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("%q: %v", line, err)
		}
		count, sum = count+1/rate, sum+ms/rate
	}
	if len(lines) > 100 || math.Abs(count-1000) > 0.1 || math.Abs(sum/count-500.5) > 25 {
		t.Errorf("%d lines stand for %.3f times with a mean of %.1f ms, want 1000 of 500.5", len(lines), count, sum/count)
	}
}

// TestCallsAreCountedByTheirStatus: on gRPC listeners, as fabio spells it.
func TestCallsAreCountedByTheirStatus(t *testing.T) {
	o := world(t)
	for _, end := range []struct {
		status int
		code   string
	}{{200, "0"}, {200, "5"}, {503, ""}} {
		x := &exchange.Exchange{Client: &exchange.Client{Listener: ":50051"}, Start: time.Now(), Status: end.status, Attempts: 1}
		x.Route = o.config.Live.Load().HTTP("web.test", "/", false)
		x.Target, x.Drawn.Code = x.Route.Pick(route.Draw{}), end.code
		o.Exchange(x)
	}
	lines := overUDP(t, o, StatsD{})
	for _, code := range []string{"OK", "NotFound", "Unavailable"} {
		if !slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, "edge.fabio.grep.status.code."+code+":") }) {
			t.Errorf("no %s in\n%s", code, strings.Join(lines, "\n"))
		}
	}
}

// TestOnlyWhatIsNewIsSent looks twice at the same counters.
func TestOnlyWhatIsNewIsSent(t *testing.T) {
	o, out := world(t), &testenv.Output{}
	ctx, stop := context.WithCancel(t.Context())
	e := &Exporter{Observer: o, Interval: time.Millisecond, Log: slog.New(slog.DiscardHandler),
		Receivers: []Receiver{Lines{To: out}}}
	happen(o)
	var running sync.WaitGroup
	running.Go(func() { e.Run(ctx) })
	testenv.Holds(t, 20*time.Second, "two rounds", func() bool {
		return strings.Count(out.String(), "notfound:0|c") > 1
	})
	stop()
	running.Wait()
	if n := strings.Count(out.String(), "notfound:1|c"); n != 1 {
		t.Errorf("the request without a route was sent %d times:\n%s", n, out)
	}
}
