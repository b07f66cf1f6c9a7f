package arms_test

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"weir/internal/testenv"
	"weir/rollout"
	"weir/rollout/cohort"
	"weir/rollout/event"
	"weir/rollout/verdict"
	"weir/route"
)

// allOf lists the events that were met, by name: "http_5xx 2".
func allOf(a verdict.Arm) (list []string) {
	for _, e := range slices.Sorted(maps.Keys(a.Bad)) {
		if n := a.Bad[e]; n > 0 {
			list = append(list, fmt.Sprintf("%s %d", event.Event(e), n))
		}
	}
	return list
}

// moody answers as the path says.
func moody(t testing.TB, name string) *testenv.Backend {
	return testenv.HandlerBackend(t, name, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/bad":
			w.WriteHeader(503)
		case "/teapot":
			w.WriteHeader(418)
		case "/cut":
			w.Header().Set("Content-Length", "100")
			w.WriteHeader(200)
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		case "/drop-" + name:
			panic(http.ErrAbortHandler)
		}
		fmt.Fprint(w, name)
	}))
}

// browser is a client with a connection of its own.
type browser struct {
	t          testing.TB
	addr, from string
	fields     string
	cookies    []string // that were set
	conn       net.Conn
	in         *bufio.Reader
}

func (b *browser) open() {
	b.t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(b.from)}}
	conn, err := d.Dial("tcp", b.addr)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(patience))
	b.conn, b.in = conn, bufio.NewReader(conn)
}

func (b *browser) close() { b.conn.Close(); b.conn = nil }

// get returns what answers, "503" for statuses that are not 200 and "cut".
func (b *browser) get(path string) string {
	b.t.Helper()
	if b.conn == nil {
		b.open()
	}
	fmt.Fprintf(b.conn, "GET %s HTTP/1.1\r\nHost: a.test\r\n%s\r\n", path, b.fields)
	resp, err := http.ReadResponse(b.in, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.close()
		return "cut"
	}
	if c := resp.Header.Get("Set-Cookie"); c != "" {
		b.cookies = append(b.cookies, c)
		value, _, _ := strings.Cut(c, ";")
		b.fields += "Cookie: " + value + "\r\n"
	}
	if resp.StatusCode != 200 {
		return fmt.Sprint(resp.StatusCode)
	}
	return string(body)
}

// keysOf are keys of clients of each arm at a weight, by the design's own words:
// u = hash(salt, key) below the weight.
func keysOf(t testing.TB, s rollout.State, n int, key func(int) string) (canary, stable []string) {
	t.Helper()
	by, err := cohort.New(s.Policy.Cohort, nil, s.Routing().Salt(s.Scope), secret())
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; len(canary) < n || len(stable) < n; i++ {
		d, err := by.Key(key(i))
		if err != nil {
			t.Fatal(err)
		}
		if float64(d.Variant)/(1<<64) < float64(s.Weight)/float64(route.Full) {
			canary = append(canary, key(i))
		} else {
			stable = append(stable, key(i))
		}
	}
	return canary[:n], stable[:n]
}

// users are browsers of each arm.
func (w *world) users(t testing.TB, s rollout.State, n int) (canary, stable []*browser) {
	t.Helper()
	c, b := keysOf(t, s, n, func(i int) string { return fmt.Sprint("user-", i) })
	for i := range n {
		canary = append(canary, &browser{t: t, addr: w.http, fields: "X-User: " + c[i] + "\r\n"})
		stable = append(stable, &browser{t: t, addr: w.http, fields: "X-User: " + b[i] + "\r\n"})
	}
	return canary, stable
}

const everything = `
analysis: {unit: request, warmup: 0s, bad_events: [http_5xx, grpc_status, connect_fail, upstream_reset, timeout, no_instance, no_server_bytes, tls_alert_pre_hello]}
cohort: {by: "header:X-User"}
`

// ask sends requests and checks who answers.
func ask(t testing.TB, want string, path string, all ...*browser) {
	t.Helper()
	for _, b := range all {
		if got := b.get(path); got != want {
			t.Errorf("%s is answered by %s, want %s", path, got, want)
		}
	}
}

// TestCountsAreExact sends known traffic over sockets, through changes of the
// weight and of the instances.
func TestCountsAreExact(t *testing.T) {
	s := state(t, "web", 2000, everything)
	w := start(t, "p1", newStates(s))
	v1 := at(t, "web", "v1", moody(t, "v1").Addr, "urlprefix-a.test/")
	v2 := at(t, "web", "v2", moody(t, "v2").Addr, "urlprefix-a.test/")
	w.set(t, v1, v2)
	canary, stable := w.users(t, s, 5)
	ask(t, "v2", "/", canary...)
	ask(t, "v1", "/", stable...)
	ask(t, "503", "/bad", canary[0], canary[1])
	ask(t, "503", "/bad", stable[0])
	ask(t, "418", "/teapot", canary[2], stable[2])
	first := "1 at 20%: canary 8 (http_5xx 2), stable 7 (http_5xx 1)"
	w.wants(t, s.ID, first)

	s.Generation, s.Weight = 2, 2500
	w.follow(t, s)
	ask(t, "v1", "/drop-v2", canary[0]) // saved by stable, and the candidate's all the same
	ask(t, "v2", "/drop-v1", stable[0])
	ask(t, "cut", "/cut", canary[1], canary[2])
	second := "2 at 25%: canary 3 (upstream_reset 3), stable 1 (upstream_reset 1)"
	w.wants(t, s.ID, first, second)

	gone, down := v2, v2
	gone.Address, gone.Port = refused(t)
	s.Generation = 3
	w.follow(t, s)
	w.set(t, v1, gone)
	ask(t, "v1", "/", canary[:4]...)
	down.Up = false
	w.set(t, v1, down)
	ask(t, "v1", "/", canary...)
	ask(t, "503", "/bad", canary...) // stable's fault, not the candidate's
	ask(t, "v1", "/", stable...)
	third := "3 at 25%: canary 14 (connect_fail 4, no_instance 10), stable 5"
	w.wants(t, s.ID, first, second, third)

	s.Generation, s.Weight = 4, 0
	w.follow(t, s)
	w.set(t, v1, v2)
	ask(t, "v1", "/", canary...)
	s.Generation, s.Weight = 5, 10000
	w.follow(t, s)
	ask(t, "v2", "/", stable...)
	w.wants(t, s.ID, first, second, third, "5 at 100%: canary 5, stable 0")
}
