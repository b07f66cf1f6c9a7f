package event_test

import (
	"testing"
	"time"

	"go.uber.org/goleak"

	"weir/rollout/event"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestHTTP(t *testing.T) {
	slow := event.Quantiles{P50: time.Second, P90: 2 * time.Second, P99: 3 * time.Second}
	with429 := func(status int) bool { return status == 429 || status >= 500 }
	for _, c := range []struct {
		name  string
		rules event.HTTPRules
		x     event.HTTP
		want  string
	}{
		{"good", event.HTTPRules{}, event.HTTP{Status: 200, Code: event.NoCode, Took: time.Hour}, ""},
		{"server error", event.HTTPRules{}, event.HTTP{Status: 503, Code: event.NoCode}, "http_5xx"},
		{"client error", event.HTTPRules{}, event.HTTP{Status: 404, Code: event.NoCode}, "http_4xx"},
		{"429 by policy", event.HTTPRules{Bad: with429}, event.HTTP{Status: 429, Code: event.NoCode}, "http_5xx"},
		{"no connection", event.HTTPRules{Bad: with429, Slow: slow}, event.HTTP{Fault: event.Unreachable, Code: event.NoCode, Took: time.Minute}, "connect_fail"},
		{"cut answer", event.HTTPRules{}, event.HTTP{Fault: event.Reset, Status: 200, Code: event.NoCode}, "upstream_reset"},
		{"late", event.HTTPRules{}, event.HTTP{Fault: event.Late, Code: event.NoCode}, "timeout"},
		{"nobody", event.HTTPRules{}, event.HTTP{Fault: event.Nowhere, Code: event.NoCode}, "no_instance"},
		{"faster than half", event.HTTPRules{Slow: slow}, event.HTTP{Status: 200, Code: event.NoCode, Took: time.Second}, ""},
		{"slower than half", event.HTTPRules{Slow: slow}, event.HTTP{Status: 200, Code: event.NoCode, Took: time.Second + 1}, "slow_p50"},
		{"slowest", event.HTTPRules{Slow: slow}, event.HTTP{Status: 200, Code: event.NoCode, Took: time.Minute}, "slow_p50 slow_p90 slow_p99"},
		{"gRPC good", event.HTTPRules{}, event.HTTP{Status: 200, Code: event.Code("0")}, ""},
		{"gRPC not found is the caller's", event.HTTPRules{}, event.HTTP{Status: 200, Code: event.Code("5")}, ""},
		{"gRPC unavailable", event.HTTPRules{}, event.HTTP{Status: 200, Code: event.Code("14")}, "grpc_status"},
		{"gRPC without a status", event.HTTPRules{}, event.HTTP{Status: 200, Code: event.Code("")}, "grpc_status"},
		{"gRPC with an odd status", event.HTTPRules{}, event.HTTP{Status: 200, Code: event.Code("17")}, "grpc_status"},
	} {
		if got := c.rules.Classify(c.x).String(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestTCP(t *testing.T) {
	rules := event.TCPRules{ConnectSlow: time.Second, FirstByteSlow: time.Second, ShortTime: time.Minute, ShortBytes: 100}
	for _, c := range []struct {
		name string
		x    event.TCP
		want string
	}{
		{"good", event.TCP{TLS: true, First: 22, Sent: 300, Received: 4000, FirstByte: 1, Lasted: time.Hour}, ""},
		{"refused", event.TCP{Fault: event.Unreachable, Connect: time.Minute}, "connect_fail"},
		{"nobody", event.TCP{Fault: event.Nowhere}, "no_instance"},
		{"slow to connect", event.TCP{Connect: time.Second + 1, Sent: 1, Received: 200}, "connect_slow"},
		{"closed after the hello", event.TCP{TLS: true, Sent: 300, TargetEnded: true}, "no_server_bytes"},
		{"reset after the hello", event.TCP{Fault: event.Reset, TLS: true, Sent: 300, TargetEnded: true}, "upstream_reset no_server_bytes"},
		{"client left after the hello", event.TCP{TLS: true, Sent: 300}, ""},
		{"port scan", event.TCP{TargetEnded: true}, ""},
		{"alert", event.TCP{TLS: true, First: 21, Sent: 300, Received: 7, Lasted: time.Hour}, "tls_alert_pre_hello"},
		{"21 is a letter without TLS", event.TCP{First: 21, Sent: 300, Received: 700}, ""},
		{"slow first byte", event.TCP{Sent: 1, Received: 700, FirstByte: 2 * time.Second}, "ttfb_slow"},
		{"short", event.TCP{Sent: 1, Received: 99, Lasted: time.Second, TargetEnded: true}, "short_session"},
		{"short by the client", event.TCP{Sent: 1, Received: 99, Lasted: time.Second}, ""},
	} {
		if got := rules.Classify(c.x).String(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestClassifyAllocatesNothing(t *testing.T) {
	http := event.HTTPRules{Slow: event.Quantiles{P50: 1, P90: 2, P99: 3}}
	tcp := event.TCPRules{ConnectSlow: 1}
	n := testing.AllocsPerRun(100, func() {
		_ = http.Classify(event.HTTP{Status: 500, Took: 2})
		_ = tcp.Classify(event.TCP{Connect: 2, Received: 1})
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}
