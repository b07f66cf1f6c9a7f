package http2

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"testing"
	"time"

	"golang.org/x/net/http2"

	"weir/internal/testenv"
	"weir/proxy/exchange"
	"weir/proxy/upstream"
	"weir/route"
)

// briefly is for how long another target is looked for where there is none.
const briefly = 50 * time.Millisecond

// chain is a whole path: client, Conn, Handler, Transport, target.
type chain struct {
	*front
	chooser   *exchange.Chooser
	transport *Transport
	client    *http.Client
}

// startChain serves handler behind Conn and Transport: with TLS on both sides
// if secure, else with prior knowledge.
func startChain(t testing.TB, handler http.Handler, secure bool) *chain {
	t.Helper()
	return chainTo(t, startTarget(t, handler, secure), secure)
}

// target is where a chain ends.
type target struct {
	url  string
	conf *tls.Config // for its clients
}

// startTarget runs an x/net server.
func startTarget(t testing.TB, handler http.Handler, secure bool, config ...func(*http.Server)) target {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: handler, Protocols: &http.Protocols{}, HTTP2: &http.HTTP2Config{}}
	srv.Protocols.SetUnencryptedHTTP2(true)
	srv.Protocols.SetHTTP2(true)
	to := target{url: "h2c://" + l.Addr().String()}
	if secure {
		cert := testenv.NewCert(t, "127.0.0.1", "a.test")
		srv.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert.TLS}}
		to.url, to.conf = "h2://"+l.Addr().String(), &tls.Config{RootCAs: cert.Roots}
	}
	for _, set := range config {
		set(srv)
	}
	if err := http2.ConfigureServer(srv, &http2.Server{}); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if secure {
			srv.ServeTLS(l, "", "")
		} else {
			srv.Serve(l)
		}
	}()
	t.Cleanup(func() { srv.Close(); joined(t, "a target", func() { <-ended }) })
	return to
}

func chainTo(t testing.TB, to target, secure bool) *chain {
	t.Helper()
	transport := startTransport(t, to)
	c := chainThrough(t, to.url, secure, map[string]exchange.Transport{"h2": transport, "h2c": transport, "grpc": transport, "grpcs": transport})
	c.transport = transport
	return c
}

func chainThrough(t testing.TB, url string, secure bool, transports map[string]exchange.Transport) *chain {
	t.Helper()
	table, problems := route.Build(route.Input{Commands: []route.Commands{{Source: "test", Text: "route add svc / " + url}}})
	for _, p := range problems {
		t.Fatal(p)
	}
	live := &route.Live{}
	live.Store(table)
	chooser := &exchange.Chooser{Live: live, Wait: 20 * time.Second} // a slow machine is not what is tested
	handler := &exchange.Handler{Chooser: chooser, Transports: transports, Retry: &exchange.Budget{Least: 100},
		NoRoute: func() (int, []byte) { return 404, nil }, Observer: observer{t}}
	c := &chain{front: serve(t, handler, secure), chooser: chooser}
	c.client = &http.Client{Transport: newClient(t, c.front)}
	return c
}

// observer logs what went wrong.
type observer struct{ testing.TB }

func (observer) Accepted(string)           {}
func (observer) Closed(string)             {}
func (observer) Refused(string, string)    {}
func (observer) Session(*exchange.Session) {}
func (o observer) Exchange(x *exchange.Exchange) {
	if x.Err != nil {
		o.Logf("%s %s: status %d, %v", x.Method, x.URI, x.Status, x.Err)
	}
}

func startTransport(t testing.TB, to target) *Transport {
	t.Helper()
	transport := &Transport{Dialer: &upstream.Dialer{TLS: to.conf}, Limits: testLimits(), Response: time.Minute}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); transport.Run(ctx) }()
	t.Cleanup(func() { stop(); joined(t, "the transport", func() { <-ended }) })
	return transport
}

// newClient is an x/net client for f.
func newClient(t testing.TB, f *front) *http2.Transport {
	t.Helper()
	tr := &http2.Transport{AllowHTTP: true, DisableCompression: true, DialTLSContext: func(ctx context.Context, network, addr string, _ *tls.Config) (net.Conn, error) {
		c, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		c.SetDeadline(time.Now().Add(lifetime))
		if f.conf != nil {
			secured := tls.Client(c, f.conf)
			return secured, secured.HandshakeContext(ctx)
		}
		return c, nil
	}}
	t.Cleanup(tr.CloseIdleConnections)
	return tr
}

func (c *chain) url(path string) string {
	if c.conf != nil {
		return "https://" + c.addr + path
	}
	return "http://" + c.addr + path
}

// bothWays runs test with prior knowledge and with TLS.
func bothWays(t *testing.T, test func(t *testing.T, secure bool)) {
	t.Run("plain", func(t *testing.T) { test(t, false) })
	t.Run("tls", func(t *testing.T) { test(t, true) })
}
