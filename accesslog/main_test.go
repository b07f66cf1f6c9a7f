package accesslog

import (
	"crypto/tls"
	"errors"
	"net/netip"
	"testing"
	"time"

	"go.uber.org/goleak"

	"weir/proxy/exchange"
	"weir/route"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// now is when all lines of these tests are written.
func now() time.Time {
	return time.Date(2026, 11, 21, 21, 5, 7, 12_345_678, time.FixedZone("", 3600))
}

// routed is a route and its target.
func routed(t testing.TB) (*route.Route, *route.Target) {
	t.Helper()
	table, problems := route.Build(route.Input{Instances: []route.Instance{{
		Service: "web", ID: "web-1", Address: "10.0.0.1", Port: 80, Up: true,
		Tags: []string{"urlprefix-foo.test/api strip=/api", "version=1.4.2"},
	}}})
	rt := table.HTTP("foo.test", "/api/x", false)
	if rt == nil {
		t.Fatal(problems)
	}
	return rt, rt.Variants()[0].Targets[0]
}

// proxied is an exchange that a target has answered.
func proxied(t testing.TB) *exchange.Exchange {
	rt, target := routed(t)
	return &exchange.Exchange{
		Client: &exchange.Client{Listener: ":9999", Remote: netip.MustParseAddrPort("192.0.2.1:4000"), IP: []byte("192.0.2.1"),
			TLS: &tls.ConnectionState{Version: tls.VersionTLS13, CipherSuite: tls.TLS_AES_128_GCM_SHA256, ServerName: "foo.test", NegotiatedProtocol: "h2"}},
		Request: exchange.Request{Proto: exchange.HTTP2, Method: []byte("GET"), URI: []byte("/api/x?a=b"), Host: []byte("foo.test"),
			Fields: []exchange.Field{{Name: []byte("user-agent"), Value: []byte("curl/8")}, {Name: []byte("Referer"), Value: []byte("https://bar.test/")}}},
		Route: rt, Target: target, SendURI: []byte("/x?a=b"), Attempts: 1, Status: 200, BytesIn: 3, BytesOut: 1234,
		Start: now().Add(-12345678), FirstByte: now().Add(-2345678), Connected: 1500 * time.Microsecond, ID: []byte("a-b-c"),
		Drawn: exchange.Drawn{Trial: &route.Trial{}, Candidate: true, Code: "0"},
	}
}

// own is an exchange that weir answered by itself.
func own() *exchange.Exchange {
	return &exchange.Exchange{
		Client:  &exchange.Client{Listener: ":9999", Remote: netip.MustParseAddrPort("[2001:db8::1]:4000")},
		Request: exchange.Request{Proto: exchange.HTTP11, Method: []byte("GET"), URI: []byte("/"), Host: []byte("foo.test:9999")},
		Status:  404, Start: now().Add(-time.Second),
	}
}

// passed is a TLS connection that was passed through, until its client broke it.
func passed(t testing.TB) *exchange.Session {
	rt, target := routed(t)
	return &exchange.Session{Listener: ":9998", Client: netip.MustParseAddr("192.0.2.1"), Port: 4001, Route: rt, To: target, Attempts: 2,
		ServerName: "foo.test", Start: now().Add(-2 * time.Second), BytesIn: 10, BytesOut: 20, Err: errors.New("client\ngone"),
		Connect: 2 * time.Millisecond, FirstByte: 3 * time.Millisecond}
}

// lineOf is a line that is written now.
func lineOf(x *exchange.Exchange, s *exchange.Session) *line {
	w := &line{entry: entry{x: x, s: s}}
	w.took = now().Sub(w.start())
	w.clock.set(now())
	return w
}
