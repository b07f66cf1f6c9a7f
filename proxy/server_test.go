package proxy

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"weir/internal/testenv"
	"weir/proxy/exchange"
)

// client speaks HTTP to the listener of a protocol.
func (w *world) client(proto string, roots *x509.CertPool, versions ...func(*http.Protocols)) *http.Client {
	tr := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, Protocols: new(http.Protocols)}
	for _, set := range versions {
		set(tr.Protocols)
	}
	tr.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "tcp", w.addrs[proto])
	}
	w.t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: patience}
}

func h1(p *http.Protocols)  { p.SetHTTP1(true) }
func h2(p *http.Protocols)  { p.SetHTTP2(true) }
func h2c(p *http.Protocols) { p.SetUnencryptedHTTP2(true) }

// expectBody gets url and compares the answer with "HTTP/2.0 body".
func expectBody(t testing.TB, c *http.Client, url, want string) {
	t.Helper()
	resp, err := c.Get(url)
	if err != nil {
		t.Error(err)
		return
	}
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if got := resp.Proto + " " + string(body); err != nil || got != want {
		t.Errorf("%s: got %q (%v), want %q", url, got, err, want)
	}
}

func TestAllProtocols(t *testing.T) {
	web, tcp, secure := testenv.HTTPBackend(t, "web"), testenv.TCPBackend(t, "tcp"), testenv.TLSBackend(t, "secure", "pass.test")
	w := start(t, fmt.Sprintf("route add web own.test/ http://%s\nroute add tcp {tcp} tcp://%s\nroute add secure pass.test/ tcp://%s",
		web.Addr, tcp.Addr, secure.Addr))
	expectBody(t, w.client("http", nil, h1), "http://own.test/", "HTTP/1.1 web")
	for _, proto := range []string{"https", "https+tcp+sni"} {
		expectBody(t, w.client(proto, w.roots, h1), "https://own.test/", "HTTP/1.1 web")
		expectBody(t, w.client(proto, w.roots, h2), "https://own.test/", "HTTP/2.0 web")
		expectBody(t, w.client(proto, w.roots, h1, h2), "https://own.test/", "HTTP/2.0 web")
	}
	for _, proto := range []string{"tcp+sni", "https+tcp+sni"} {
		expectBody(t, w.client(proto, secure.Roots, h2), "https://pass.test/", "HTTP/2.0 secure")
		expectBody(t, w.client(proto, secure.Roots, h1), "https://pass.test/", "HTTP/1.1 secure")
	}
	c := w.dial("tcp")
	expectLine(t, c, "tcp")
	c.Close()
	for s := receive(t, w.sessions, "session"); s.Service != "tcp"; s = receive(t, w.sessions, "session") {
		if s.Service != "secure" || s.ServerName != "pass.test" || s.BytesIn == 0 || s.BytesOut == 0 {
			t.Errorf("session %+v", s)
		}
	}
}

// HTTP/2 with prior knowledge shares a port with HTTP/1, however slowly the
// preface comes.
func TestH2C(t *testing.T) {
	web := testenv.HTTPBackend(t, "web")
	w := start(t, "route add web / http://"+web.Addr, all(func(l *Listener) { l.H2C = true }))
	expectBody(t, w.client("http", nil, h1), "http://own.test/", "HTTP/1.1 web")
	expectBody(t, w.client("http", nil, h2c), "http://own.test/", "HTTP/2.0 web")
	c := w.dial("http")
	for _, b := range []byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") {
		c.Write([]byte{b})
	}
	frame := make([]byte, 9)
	if _, err := io.ReadFull(c, frame); err != nil || frame[3] != 4 {
		t.Errorf("got % x (%v), want the head of a SETTINGS frame", frame, err)
	}
	c = w.dial("http")
	for _, b := range []byte("PUT / HTTP/1.1\r\nHost: own.test\r\nContent-Length: 0\r\n\r\n") {
		c.Write([]byte{b})
	}
	expectLine(t, c, "HTTP/1.1 200 OK\r")
}

func TestH2CIsOff(t *testing.T) {
	w := start(t, "")
	c := w.dial("http")
	io.WriteString(c, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
	answer, _ := io.ReadAll(c)
	if !strings.HasPrefix(string(answer), "HTTP/1.1 4") && !strings.HasPrefix(string(answer), "HTTP/1.1 5") {
		t.Errorf("got %q, want a refusal", answer)
	}
}

// A listener that cannot be opened opens none, and all such are named.
func TestListenerCannotBeOpened(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	free := testenv.RefusedAddr(t)
	s := &Server{Log: slog.New(slog.DiscardHandler), Listeners: []Listener{
		{Addr: "127.0.0.1:0", Proto: "tcp", HTTP: &exchange.Handler{}}, {Addr: taken.Addr().String(), Proto: "http"},
		{Addr: taken.Addr().String(), Proto: "tcp+sni"}, {Addr: "nosuch.invalid:1", Proto: "tcp"}, {Addr: free, Proto: "udp"}}}
	before := descriptors(t)
	err = s.Run(t.Context(), func([]net.Addr) { t.Error("ready though nothing is open") })
	for _, want := range []string{taken.Addr().String() + " (http)", "(tcp+sni)", "nosuch.invalid:1 (tcp)", free, `"udp"`, "https+tcp+sni"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error is %v, want it to name %s", err, want)
		}
	}
	testenv.Eventually(t, patience, func() error {
		if after := descriptors(t); after > before {
			return fmt.Errorf("%d descriptors before, %d after", before, after)
		}
		return nil
	})
}

// A client may leave at any moment, also between its ClientHello and our look
// at its address.
func TestResetBehindHello(t *testing.T) {
	w := start(t, "")
	first := hello(t, "own.test")
	for range 40 {
		c := w.dial("https+tcp+sni")
		c.SetLinger(0)
		c.Write(first)
		c.Close()
	}
	c := w.dial("https+tcp+sni")
	secure := tls.Client(c, &tls.Config{RootCAs: w.roots, ServerName: "own.test"})
	if err := secure.Handshake(); err != nil {
		t.Error(err)
	}
}

func TestRefusals(t *testing.T) {
	w := start(t, "")
	for proto, want := range map[string]string{"tcp+sni": "hello", "https": "handshake", "https+tcp+sni": "hello"} {
		c := w.dial(proto)
		io.WriteString(c, "GET / HTTP/1.1\r\n\r\n")
		io.Copy(io.Discard, c)
		if reason := receive(t, w.refused, "refusal"); reason != want {
			t.Errorf("%s: refused for %q, want %q", proto, reason, want)
		}
	}
	c := w.dial("https+tcp+sni")
	c.Write(hello(t, "own.test"))
	c.Close()
	if reason := receive(t, w.refused, "refusal"); reason != "handshake" {
		t.Errorf("refused for %q, want handshake", reason)
	}
}

// Who connects and does not speak is let go in time.
func TestSilentClients(t *testing.T) {
	w := start(t, "", func(s *Server) {
		s.Listeners[0].H2C = true
		s.Listeners[0].Limits.Header = 5 * time.Second
	})
	for _, proto := range []string{"http", "https", "tcp+sni", "https+tcp+sni"} {
		c := w.dial(proto)
		w.open(1)
		w.conns.each(func(c exchange.Conn) { c.Tick(time.Now().Add(4 * time.Second)) })
		if n := w.open(1); n != 1 {
			t.Errorf("%s: ended before its time", proto)
		}
		w.conns.each(func(c exchange.Conn) { c.Tick(time.Now().Add(6 * time.Second)) })
		expectEnd(t, c)
		w.open(0)
	}
}

// Without a certificate https+tcp+sni only passes through.
func TestNoCertificate(t *testing.T) {
	secure := testenv.TLSBackend(t, "secure", "pass.test")
	w := start(t, "route add secure pass.test/ tcp://"+secure.Addr, func(s *Server) { s.Listeners[4].TLS = nil })
	expectBody(t, w.client("https+tcp+sni", secure.Roots, h1), "https://pass.test/", "HTTP/1.1 secure")
	c := w.dial("https+tcp+sni")
	c.Write(hello(t, "own.test"))
	expectEnd(t, c)
}
