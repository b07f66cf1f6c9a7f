package arms_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"weir/internal/testenv"
)

// TestWhatWasDrawnBeforeASwap is counted for the generation that it was drawn in.
func TestWhatWasDrawnBeforeASwap(t *testing.T) {
	s := state(t, "web", 10000, everything)
	w := start(t, "p1", newStates(s))
	begun, release := make(chan bool, 1), make(chan bool)
	slow := testenv.HandlerBackend(t, "v2", http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		begun <- true
		<-release
		rw.WriteHeader(500)
	}))
	w.set(t, at(t, "web", "v1", moody(t, "v1").Addr, "urlprefix-a.test/"), at(t, "web", "v2", slow.Addr, "urlprefix-a.test/"))
	done := make(chan string, 1)
	b := &browser{t: t, addr: w.http, fields: "X-User: bob\r\n"}
	go func() { done <- b.get("/") }()
	<-begun
	s.Generation, s.Weight = 2, 0
	w.follow(t, s)
	w.wants(t, s.ID)
	close(release)
	if got := <-done; got != "500" {
		t.Errorf("answered %s", got)
	}
	w.wants(t, s.ID, "1 at 100%: canary 1 (http_5xx 1), stable 0")
}

// TestClientsAreNamed counts each client once where clients are the unit, by
// marks that are the same on all proxies.
func TestClientsAreNamed(t *testing.T) {
	s := state(t, "web", 3000, strings.Replace(everything, "unit: request", "unit: client", 1))
	var marks [2][]uint32
	for i := range marks {
		w := start(t, fmt.Sprint("p", i), newStates(s))
		w.set(t, at(t, "web", "v1", moody(t, "v1").Addr, "urlprefix-a.test/"), at(t, "web", "v2", moody(t, "v2").Addr, "urlprefix-a.test/"))
		c, b := w.users(t, s, 4)
		for range 3 {
			ask(t, "503", "/bad", c[0], c[1], b[0])
			ask(t, "v2", "/", c...)
			ask(t, "v1", "/", b...)
		}
		w.wants(t, s.ID, "1 at 30%: canary 18 (http_5xx 6), stable 15 (http_5xx 3)")
		r, _ := w.Report(s.ID)
		g := r.Generations[0]
		if r.Proxy != fmt.Sprint("p", i) || r.Epoch == 0 || g.Candidate.Visitors.Count() != 4 || g.Stable.Visitors.Count() != 4 {
			t.Errorf("%+v", r)
		}
		for event, clients := range g.Candidate.Clients {
			if event.String() == "http_5xx" {
				marks[i] = slices.Sorted(slices.Values(clients))
			}
		}
	}
	if len(marks[0]) != 2 || fmt.Sprint(marks[0]) != fmt.Sprint(marks[1]) {
		t.Errorf("the two clients are named %x and %x", marks[0], marks[1])
	}
}

// TestColdInstancesDoNotCount leaves out what the candidate's instances do right
// after they came, and what stable's do meanwhile.
func TestColdInstancesDoNotCount(t *testing.T) {
	s := state(t, "web", 5000, strings.Replace(everything, "warmup: 0s", "warmup: 1h", 1))
	w := start(t, "p1", newStates(s))
	w.set(t, at(t, "web", "v1", moody(t, "v1").Addr, "urlprefix-a.test/"), at(t, "web", "v2", moody(t, "v2").Addr, "urlprefix-a.test/"))
	canary, stable := w.users(t, s, 3)
	ask(t, "v2", "/", canary...)
	ask(t, "503", "/bad", canary...)
	ask(t, "v1", "/", stable...)
	w.wants(t, s.ID, "")
}

// TestTheBreakerSparesTheCandidate sends nobody there after five connects have
// failed in a row, but for who is pinned to it.
func TestTheBreakerSparesTheCandidate(t *testing.T) {
	s := state(t, "web", 5000, everything+"match: [{header: X-Canary, to: canary}]\n")
	w := start(t, "p1", newStates(s))
	v1, v2 := at(t, "web", "v1", moody(t, "v1").Addr, "urlprefix-a.test/"), at(t, "web", "v2", moody(t, "v2").Addr, "urlprefix-a.test/")
	gone := v2
	gone.Address, gone.Port = refused(t)
	w.set(t, v1, gone)
	canary, stable := w.users(t, s, 5)
	ask(t, "v1", "/", canary...)
	w.wants(t, s.ID, "1 at 50%: canary 5 (connect_fail 5), stable 0")
	w.set(t, v1, v2)
	ask(t, "v1", "/", canary...)
	ask(t, "v1", "/", stable...)
	ask(t, "v2", "/", &browser{t: t, addr: w.http, fields: "X-Canary: 1\r\n"})
	w.wants(t, s.ID, "1 at 50%: canary 5 (connect_fail 5), stable 0")
	s.ID, s.Generation = "another", 2 // has another breaker
	w.follow(t, s)
	canary, _ = w.users(t, s, 5)
	ask(t, "v2", "/", canary...)
	w.wants(t, s.ID, "2 at 50%: canary 5, stable 0")
}

// TestCalls counts gRPC calls by how they ended, over HTTP/2.
func TestCalls(t *testing.T) {
	s := state(t, "web", 10000, everything)
	w := start(t, "p1", newStates(s))
	server := testenv.HandlerBackend(t, "v2", http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Trailer", "Grpc-Status")
		rw.WriteHeader(200)
		io.WriteString(rw, "x")
		if code := r.Header.Get("X-Code"); code != "" {
			rw.Header().Set("Grpc-Status", code)
		}
	}))
	w.set(t, at(t, "web", "v1", moody(t, "v1").Addr, "urlprefix-a.test/"), at(t, "web", "v2", server.Addr, "urlprefix-a.test/"))
	var both http.Protocols
	both.SetUnencryptedHTTP2(true)
	transport := &http.Transport{Protocols: &both}
	defer transport.CloseIdleConnections()
	for _, code := range []string{"0", "5", "14", "13", ""} {
		req, _ := http.NewRequestWithContext(t.Context(), "POST", "http://"+w.http+"/", strings.NewReader("x"))
		req.Host = "a.test"
		req.Header = http.Header{"Content-Type": {"application/grpc"}, "X-Code": {code}}
		resp, err := transport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	w.wants(t, s.ID, "1 at 100%: canary 5 (grpc_status 3), stable 0")
}

// talk opens a TCP session from an address of loopback, sends something and
// reads so many bytes, or to the end.
func talk(t testing.TB, addr, from, text string, n int) string {
	t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	conn, err := d.DialContext(context.Background(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	io.WriteString(conn, text)
	got, _ := io.ReadAll(io.LimitReader(conn, int64(n)))
	return string(got)
}

// serverOf accepts connections and has each one ended by do.
func serverOf(t testing.TB, do func(*net.TCPConn)) string {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan bool)
	go func() {
		defer close(ended)
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			do(conn.(*net.TCPConn))
			conn.Close()
		}
	}()
	t.Cleanup(func() { ln.Close(); <-ended })
	return ln.Addr().String()
}

// TestSessionsAreCounted judges TCP sessions, whose clients are known by their
// address.
func TestSessionsAreCounted(t *testing.T) {
	s := state(t, "db", 5000, strings.Replace(everything, "header:X-User", "client_ip", 1))
	w := start(t, "p1", newStates(s))
	_, port, _ := net.SplitHostPort(w.tcp)
	tag := "urlprefix-:" + port + " proto=tcp"
	v1 := at(t, "db", "v1", testenv.TCPBackend(t, "v1").Addr, tag)
	canary, stable := keysOf(t, s, 3, func(i int) string { return fmt.Sprintf("127.0.2.%d", i+1) })
	generation := uint64(0)
	var want []string
	for _, c := range []struct{ name, addr, answer, met string }{
		{"echo", testenv.TCPBackend(t, "v2").Addr, "v2\nhello", ""},
		{"nobody listens", testenv.RefusedAddr(t), "v1\nhello", " (connect_fail 3)"},
		{"no byte", serverOf(t, func(c *net.TCPConn) { io.ReadFull(c, make([]byte, 5)) }), "", " (no_server_bytes 3)"},
		{"a reset", serverOf(t, func(c *net.TCPConn) {
			io.ReadFull(c, make([]byte, 5))
			io.WriteString(c, "h")
			c.SetLinger(0)
		}), "h", " (upstream_reset 3)"},
	} {
		generation++
		s.Generation = generation
		w.set(t, v1, at(t, "db", "v2", c.addr, tag))
		w.follow(t, s)
		for i := range canary {
			if got := talk(t, w.tcp, canary[i], "hello", 8); got != c.answer && c.name != "a reset" {
				t.Errorf("%s: the candidate's client got %q, want %q", c.name, got, c.answer)
			}
			if got := talk(t, w.tcp, stable[i], "hello", 8); got != "v1\nhello" {
				t.Errorf("%s: stable's client got %q", c.name, got)
			}
		}
		want = append(want, fmt.Sprintf("%d at 50%%: canary 3%s, stable 3", generation, c.met))
		w.wants(t, s.ID, want...)
	}
}

// TestAHandshakeThatFails is seen from outside of TLS: the candidate's first
// record is an alert.
func TestAHandshakeThatFails(t *testing.T) {
	s := state(t, "tls", 5000, strings.Replace(everything, "header:X-User", "client_ip", 1))
	w := start(t, "p1", newStates(s))
	hello := string(testenv.ClientHello(t, "tls.test"))
	says := func(record string) string {
		return serverOf(t, func(c *net.TCPConn) {
			io.ReadFull(c, make([]byte, len(hello)))
			io.WriteString(c, record)
		})
	}
	const alert, data = "\x15\x03\x03\x00\x02\x02\x28", "\x16\x03\x03\x00\x02\x02\x28"
	w.set(t, at(t, "tls", "v1", says(data), "urlprefix-tls.test/ proto=tcp+sni"), at(t, "tls", "v2", says(alert), "urlprefix-tls.test/ proto=tcp+sni"))
	canary, stable := keysOf(t, s, 3, func(i int) string { return fmt.Sprintf("127.0.2.%d", i+1) })
	for i := range canary {
		if got := talk(t, w.sni, canary[i], hello, 100); got != alert {
			t.Errorf("the candidate's client got %q", got)
		}
		if got := talk(t, w.sni, stable[i], hello, 100); got != data {
			t.Errorf("stable's client got %q", got)
		}
	}
	w.wants(t, s.ID, "1 at 50%: canary 3 (tls_alert_pre_hello 3), stable 3")
}
