package admin

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"weir/admin/auth"
	"weir/internal/testenv"
	"weir/metrics"
	"weir/proxy/exchange"
)

// event is one of a stream.
type event struct{ id, name, data string }

// listener reads a stream.
type listener struct {
	t      testing.TB
	lines  *bufio.Scanner
	cancel context.CancelFunc
	done   func()
}

// listen opens the stream and reads hello.
func (h *harness) listen(t testing.TB, query string, headers ...string) (*listener, HelloEvent) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, h.url+"/api/v1/events"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		req.Header.Set(name, value)
	}
	resp, err := client.Do(req)
	if err != nil || resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatal(resp, err)
	}
	l := &listener{t: t, lines: bufio.NewScanner(resp.Body), cancel: cancel, done: func() { cancel(); resp.Body.Close() }}
	l.lines.Buffer(nil, 1<<20)
	t.Cleanup(l.done)
	e, _ := l.next("hello")
	var hello HelloEvent
	if err := json.Unmarshal([]byte(e.data), &hello); err != nil {
		t.Fatal(e, err)
	}
	return l, hello
}

// next is the next event of a name, or of any where that is empty; false when the
// stream ends before.
func (l *listener) next(name string) (e event, ok bool) {
	l.t.Helper()
	for l.lines.Scan() {
		key, value, _ := strings.Cut(l.lines.Text(), ": ")
		switch key {
		case "id":
			e.id = value
		case "event":
			e.name = value
		case "data":
			e.data = value
		case "":
			if e.name == name || name == "" && e.name != "" {
				return e, true
			}
			e = event{}
		}
	}
	return e, false
}

// must is the next event of a name, read into v.
func (l *listener) must(name string, v any) event {
	l.t.Helper()
	e, ok := l.next(name)
	if !ok {
		l.t.Fatalf("the stream ends before %s: %v", name, l.lines.Err())
	}
	if err := json.Unmarshal([]byte(e.data), v); err != nil {
		l.t.Fatal(e, err)
	}
	return e
}

// table is the event of the table with a generation.
func (l *listener) table(generation uint64) (table TableEvent, e event) {
	l.t.Helper()
	for table.Generation < generation {
		e = l.must("table", &table)
	}
	return table, e
}

func put(t testing.TB, h *harness, percent int) {
	t.Helper()
	r := h.ask(t, http.MethodPut, "/api/v1/weights/service/web", fmt.Sprintf(`{"shares":{"canary":"%d%%"}}`, percent))
	if r.status != 200 {
		t.Fatal(r)
	}
}

func TestEventsTellOfATable(t *testing.T) {
	h := serve(t, twoVersions)
	l, hello := h.listen(t, "")
	if hello.Resumed || hello.Version != "1.2.3" {
		t.Errorf("%+v", hello)
	}
	put(t, h, 5)
	if table, e := l.table(hello.Generation + 1); table.Generation != hello.Generation+1 || table.Routes != 4 || e.id == "" {
		t.Errorf("%+v %+v", table, e)
	}
}

// TestAStreamIsResumed tells a client that comes again what it has missed.
func TestAStreamIsResumed(t *testing.T) {
	h := serve(t, twoVersions)
	l, hello := h.listen(t, "")
	other, _ := h.listen(t, "?only=table")
	put(t, h, 5)
	_, first := l.table(hello.Generation + 1)
	l.done()
	put(t, h, 6)
	missed, _ := other.table(hello.Generation + 2) // so that it is in the buffer
	again, hello := h.listen(t, "", "Last-Event-ID: "+first.id)
	if !hello.Resumed {
		t.Error("it is not resumed")
	}
	var table TableEvent
	if again.must("table", &table); table != missed {
		t.Errorf("%+v, missed %+v", table, missed)
	}
	for _, id := range []string{"", "x", "0-0", "other-1", first.id + "0", "-1"} {
		if l, hello := h.listen(t, "", "Last-Event-ID: "+id); hello.Resumed {
			t.Errorf("%q is resumed", id)
		} else {
			l.done()
		}
	}
}

func TestEventsTellOfRolloutsAndProblems(t *testing.T) {
	h := serve(t, twoVersions)
	l, _ := h.listen(t, "")
	h.source.Set(instances(t, "app v1 2"))
	if r := h.ask(t, http.MethodPut, "/api/v1/policies/app", `{"text":"service: app"}`); r.status != 200 {
		t.Fatal(r)
	}
	var rollouts RolloutsEvent
	for len(rollouts.Rollouts) == 0 || rollouts.Rollouts[0].Stable == nil {
		l.must("rollouts", &rollouts)
	}
	if r := rollouts.Rollouts[0]; r.Scope != "service/app" || r.Phase != "healthy" {
		t.Errorf("%+v", r)
	}
	list := instances(t, "app v1 2")
	list[0].Tags = append(list[0].Tags, "urlprefix-app.test/ weight=140%")
	h.source.Set(list)
	var problems ProblemsEvent
	for problems.Total == 0 {
		l.must("problems", &problems)
	}
	if problems.Total != 1 || problems.Problems[0].Service != "app" {
		t.Errorf("%+v", problems)
	}
}

// traffic is a meter that reads the same each time.
type traffic []metrics.Traffic

func (t traffic) Read() []metrics.Traffic { return t }

func TestEventsTellOfTraffic(t *testing.T) {
	all := traffic{{Service: "web", Variant: "canary", Requests: 100, Errors: 10, Seconds: 50, P50: 0.4, P99: 0.8}}
	for i := range 300 {
		all = append(all, metrics.Traffic{Service: fmt.Sprint("quiet-", i), Requests: 1, Seconds: 0.1})
	}
	open := map[exchange.Part]int{{Service: "web", Variant: "canary"}: 3, {Service: "idle", Variant: "stable"}: 2}
	h := serve(t, twoVersions, func(a *Admin) {
		a.Meter = func() Meter { return all }
		a.Open = func() exchange.Report { return exchange.Report{Open: open} }
	})
	l, _ := h.listen(t, "?only=traffic")
	var e TrafficEvent
	if l.must("traffic", &e); len(e.Services) != maxShown || e.Services[0].Service != "web" {
		t.Fatalf("%+v", e)
	}
	if r := e.Services[0]; r.MeanSeconds != 0.5 || r.P50Seconds != 0.4 || r.P99Seconds != 0.8 || r.Requests*e.Seconds < 99 || r.Requests*e.Seconds > 101 || r.Errors*e.Seconds < 9.9 {
		t.Errorf("%+v in %v s", r, e.Seconds)
	}
	if n := e.Total.Requests * e.Seconds; n < 399 || n > 401 || e.Total.Open != 5 || e.Services[0].Open != 3 {
		t.Errorf("in total %v, %d open, %d of the first", n, e.Total.Open, e.Services[0].Open)
	}
}

func TestWhoHasOnlySomethingOpenIsTold(t *testing.T) {
	e := TrafficEvent{Services: []TrafficRow{{Service: "web", Variant: "stable", Requests: 1}}}
	e.open(map[exchange.Part]int{{Service: "idle", Variant: "stable"}: 2, {Service: "gone", Variant: "stable"}: 0})
	if want := (TrafficRow{Service: "idle", Variant: "stable", Open: 2}); len(e.Services) != 2 || e.Services[1] != want || e.Total.Open != 2 {
		t.Errorf("%+v", e)
	}
}

func TestASlowClientIsCutOff(t *testing.T) {
	h := newHub()
	s, _, _ := h.join("", nil)
	for range maxBehind + 1 {
		if err := h.publish("table", 1, true); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case <-s.cut:
	default:
		t.Error("a client that reads nothing is not cut off")
	}
	for range 2 * maxEvents {
		if err := h.publish("table", strings.Repeat("x", maxBuffer/maxEvents*2), true); err != nil {
			t.Fatal(err)
		}
	}
	if h.size > maxBuffer || len(h.kept) > maxEvents {
		t.Errorf("%d events of %d bytes are kept", len(h.kept), h.size)
	}
}

func TestStreamsAreBounded(t *testing.T) {
	h := serve(t, twoVersions)
	for range maxStreams {
		h.listen(t, "?only=none")
	}
	if r := h.ask(t, http.MethodGet, "/api/v1/events", ""); r.status != 503 || r.header.Get("Retry-After") == "" {
		t.Error(r.status, r.header)
	}
}

// TestAStreamEndsWithItsServer although the client would listen for ever.
func TestAStreamEndsWithItsServer(t *testing.T) {
	var l *listener
	t.Run("server", func(t *testing.T) { l, _ = serve(t, twoVersions).listen(t, "?only=none") })
	l.t = t
	if e, ok := l.next("table"); ok {
		t.Error(e)
	}
}

// TestAStreamEndsWithItsSession: who may not read any more hears nothing more.
func TestAStreamEndsWithItsSession(t *testing.T) {
	h := serve(t, twoVersions, func(a *Admin) { a.Auth = login(t, auth.Config{Session: time.Second}) })
	if r := h.ask(t, http.MethodGet, "/api/v1/events", ""); r.status != 401 {
		t.Error(r)
	}
	r := h.ask(t, http.MethodPost, "/api/v1/login", `{"token":"wt_viewer"}`)
	cookie, _, _ := strings.Cut(r.header.Get("Set-Cookie"), ";")
	l, _ := h.listen(t, "", "Cookie: "+cookie)
	ended := make(chan struct{})
	go func() { defer close(ended); l.next("none") }()
	testenv.Eventually(t, 30*time.Second, func() error {
		select {
		case <-ended:
			return nil
		default:
			return fmt.Errorf("the stream goes on")
		}
	})
}
