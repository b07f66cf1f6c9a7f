package app

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	coltrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"

	"weir/internal/testenv"
)

// TestRequestsAreTraced to an OTLP receiver, and the target knows of it.
func TestRequestsAreTraced(t *testing.T) {
	spans := make(chan int, 100)
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var req coltrace.ExportTraceServiceRequest
		if err != nil || proto.Unmarshal(body, &req) != nil {
			t.Errorf("%v in %q", err, body)
			return
		}
		spans <- len(req.ResourceSpans[0].ScopeSpans[0].Spans)
	}))
	defer collector.Close()
	parents := make(chan string, 1)
	target := testenv.HandlerBackend(t, "web", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		parents <- r.Header.Get("Traceparent")
	}))
	at := run(t, configured(t, "-tracing.endpoint="+collector.URL+"/v1/traces", "-registry.static.routes", "route add web a.test/ http://"+target.Addr+"/"))
	ask(t, at.Listeners[0].String(), "a.test")
	if parent := testenv.Next(t, 30*time.Second, "request", parents); len(parent) != len("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01") {
		t.Errorf("the target got the parent %q", parent)
	}
	if n := testenv.Next(t, 30*time.Second, "spans", spans); n != 2 {
		t.Errorf("%d spans came, want 2", n)
	}
}
