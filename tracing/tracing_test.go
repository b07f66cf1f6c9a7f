package tracing

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	coltrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"go.uber.org/goleak"
	"google.golang.org/protobuf/proto"

	"weir/internal/testenv"
	"weir/proxy/exchange"
	"weir/route"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 30 * time.Second

// collector receives OTLP over HTTP.
type collector struct {
	mu    sync.Mutex
	spans []*otlp.Span
	about string
	fails bool
}

func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var req coltrace.ExportTraceServiceRequest
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil || proto.Unmarshal(body, &req) != nil || r.URL.Path != "/v1/traces" || c.fails {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	for _, rs := range req.ResourceSpans {
		c.about = fmt.Sprint(rs.Resource.Attributes)
		for _, ss := range rs.ScopeSpans {
			c.spans = append(c.spans, ss.Spans...)
		}
	}
}

// named returns the span of that kind, once it has come.
func (c *collector) named(t *testing.T, n int) []*otlp.Span {
	t.Helper()
	var got []*otlp.Span
	testenv.Eventually(t, patience, func() error {
		c.mu.Lock()
		defer c.mu.Unlock()
		if got = slices.Clone(c.spans); len(got) != n {
			return fmt.Errorf("%d spans have come, want %d", len(got), n)
		}
		return nil
	})
	slices.SortFunc(got, func(a, b *otlp.Span) int { return int(a.Kind) - int(b.Kind) }) // server, then client
	return got
}

// attributes are those of a span as text.
func attributes(s *otlp.Span) map[string]string {
	all := map[string]string{}
	for _, a := range s.Attributes {
		switch v := a.Value.Value.(type) {
		default:
			all[a.Key] = strings.Trim(fmt.Sprint(v), "&{}")
		}
	}
	return all
}

// started is a Tracer that sends to a collector until the test ends.
func started(t *testing.T, c *collector, sample float64) *Tracer {
	t.Helper()
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	tracer, err := New(Config{Endpoint: server.URL + "/v1/traces", Sample: sample, Service: "edge", Version: "v1", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- tracer.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return tracer
}

// target answers with the context that it got, and refuses at some addresses.
type target struct {
	refuse string
	seen   []string
}

func (f *target) RoundTrip(x *exchange.Exchange, t *route.Target) error {
	f.seen = nil
	for _, field := range x.Fields {
		if field.Is("traceparent") || field.Is("tracestate") {
			f.seen = append(f.seen, fmt.Sprintf("%s: %s", field.Name, field.Value))
		}
	}
	if t.Addr() == f.refuse {
		return &exchange.AttemptError{Kind: exchange.ConnectFailed, Target: t.Addr(), Err: errors.New("connection refused")}
	}
	if err := x.Head(200, nil, 0, false); err != nil {
		return err
	}
	return x.End(nil)
}

// silent is a Reply.
type silent struct{}

func (silent) Interim(int, []exchange.Field) error               { return nil }
func (silent) Head(int, []exchange.Field, int64, bool) error     { return nil }
func (silent) Write(p []byte) (int, error)                       { return len(p), nil }
func (silent) Flush() error                                      { return nil }
func (silent) End([]exchange.Field) error                        { return nil }
func (silent) Upgrade([]exchange.Field) (exchange.Stream, error) { return nil, nil }
func (silent) Abort()                                            {}

// serve serves one request.
func serve(t *testing.T, by exchange.Tracer, to *target, trusted bool, fields ...string) {
	t.Helper()
	table, problems := route.Build(route.Input{Commands: []route.Commands{{Text: "route add web foo.test/ http://10.0.0.1:80/\nroute add web foo.test/ http://10.0.0.2:80/"}}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	var live route.Live
	live.Store(table)
	h := &exchange.Handler{Chooser: &exchange.Chooser{Live: &live}, Tracer: by,
		Transports: map[string]exchange.Transport{"http": to}, NoRoute: func() (int, []byte) { return 404, nil }}
	x := &exchange.Exchange{Reply: silent{}, Client: &exchange.Client{Listener: ":9999", Trusted: trusted, IP: []byte("192.0.2.1"), Remote: netip.MustParseAddrPort("192.0.2.1:4000")}}
	x.Proto, x.Method, x.URI, x.Host = exchange.HTTP11, []byte("GET"), []byte("/a?secret"), []byte("foo.test")
	for _, f := range fields {
		name, value, _ := strings.Cut(f, ": ")
		x.Fields = append(x.Fields, exchange.Field{Name: []byte(name), Value: []byte(value)})
	}
	h.Serve(x)
}

const (
	traceID  = "4bf92f3577b34da6a3ce929d0e0e4736"
	parentID = "00f067aa0ba902b7"
	sampled  = "traceparent: 00-" + traceID + "-" + parentID + "-01"
	dropped  = "traceparent: 00-" + traceID + "-" + parentID + "-00"
)

// TestARequestIsTraced: a server span, a client span for each attempt, and the
// context at the target.
func TestARequestIsTraced(t *testing.T) {
	var c collector
	tracer, to := started(t, &c, 0), &target{}
	serve(t, tracer, to, true, sampled, "TraceState: a=1", "tracestate: b=2", "User-Agent: curl/8\xff")
	spans := c.named(t, 2)
	server, client := spans[0], spans[1]
	if fmt.Sprintf("%x %x", server.TraceId, server.ParentSpanId) != traceID+" "+parentID || string(client.ParentSpanId) != string(server.SpanId) ||
		server.Kind != otlp.Span_SPAN_KIND_SERVER || client.Kind != otlp.Span_SPAN_KIND_CLIENT || server.Name != "GET foo.test/" {
		t.Errorf("the spans are\n%v\n%v", server, client)
	}
	slices.Sort(to.seen)
	if want := []string{fmt.Sprintf("traceparent: 00-%s-%x-01", traceID, client.SpanId), "tracestate: a=1,b=2"}; !slices.Equal(to.seen, want) {
		t.Errorf("the target got %q, want %q", to.seen, want)
	}
	got := attributes(server)
	for key, want := range map[string]string{"url.path": "/a", "http.route": "foo.test/", "http.response.status_code": "200", "weir.service": "web",
		"client.address": "192.0.2.1", "user_agent.original": "curl/8\ufffd", "server.address": "foo.test", "network.protocol.version": "1.1"} {
		if got[key] != want {
			t.Errorf("%s is %q, want %q", key, got[key], want)
		}
	}
	if slices.ContainsFunc(slices.Collect(maps.Values(got)), func(v string) bool { return strings.Contains(v, "secret") }) {
		t.Errorf("the query is in %v", got)
	}
	if !strings.Contains(c.about, "edge") {
		t.Errorf("the resource is %s", c.about)
	}
}

// TestEveryAttemptIsASpan, each with a context of its own.
func TestEveryAttemptIsASpan(t *testing.T) {
	var c collector
	tracer := started(t, &c, 1)
	for n := 0; ; n++ {
		to := &target{refuse: "10.0.0.1:80"}
		c.mu.Lock()
		c.spans = nil
		c.mu.Unlock()
		serve(t, tracer, to, true)
		if len(to.seen) != 1 {
			t.Fatalf("the target got %q", to.seen)
		}
		testenv.Holds(t, patience, "spans", func() bool { c.mu.Lock(); defer c.mu.Unlock(); return len(c.spans) >= 2 })
		c.mu.Lock()
		all := len(c.spans)
		failed := slices.ContainsFunc(c.spans, func(s *otlp.Span) bool { return s.Status.GetCode() == otlp.Status_STATUS_CODE_ERROR })
		c.mu.Unlock()
		if all == 3 && failed {
			return // the first target refused
		}
		if n == 100 {
			t.Fatal("no request was tried twice")
		}
	}
}

// TestWhoDecidesWhatIsRecorded: a trusted peer, else weir.
func TestWhoDecidesWhatIsRecorded(t *testing.T) {
	for name, c := range map[string]struct {
		sample  float64
		trusted bool
		parent  string
		spans   int
		flags   string
	}{
		"a trusted yes":        {0, true, sampled, 2, "-01"},
		"a trusted no":         {1, true, dropped, 0, "-00"},
		"a stranger's yes":     {0, false, sampled, 0, "-00"},
		"a stranger's no":      {1, false, dropped, 2, "-01"},
		"nobody, all":          {1, false, "X: y", 2, "-01"},
		"nobody, none":         {0, false, "X: y", 0, "-00"},
		"two parents are none": {1, true, sampled + "|" + dropped, 2, "-01"},
	} {
		var got collector
		tracer, to := started(t, &got, c.sample), &target{}
		serve(t, tracer, to, c.trusted, strings.Split(c.parent, "|")...)
		got.named(t, c.spans)
		if len(to.seen) != 1 || !strings.HasSuffix(to.seen[0], c.flags) {
			t.Errorf("%s: the target got %q, want %s", name, to.seen, c.flags)
		}
		if kept := strings.Contains(to.seen[0], traceID); kept != (c.parent == sampled || c.parent == dropped) {
			t.Errorf("%s: the target got %q", name, to.seen)
		}
	}
}

// TestWithoutTracingTheContextIsPassedOn untouched.
func TestWithoutTracingTheContextIsPassedOn(t *testing.T) {
	to := &target{}
	serve(t, nil, to, false, "Traceparent: anything", "tracestate: a=1")
	if want := []string{"Traceparent: anything", "tracestate: a=1"}; !slices.Equal(to.seen, want) {
		t.Errorf("the target got %q", to.seen)
	}
}

// TestACollectorThatFails costs spans, and nothing else.
func TestACollectorThatFails(t *testing.T) {
	c := collector{fails: true}
	tracer, to := started(t, &c, 1), &target{}
	for range 5000 { // more than fit into the queue
		serve(t, tracer, to, false)
	}
	c.mu.Lock()
	c.fails = false
	c.mu.Unlock()
	testenv.Eventually(t, patience, func() error {
		serve(t, tracer, to, false)
		c.mu.Lock()
		defer c.mu.Unlock()
		if len(c.spans) == 0 {
			return errors.New("no span has come")
		}
		return nil
	})
}
