package proxy

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"testing"

	"weir/internal/testenv"
	"weir/proxy/proxyproto"
)

// header is what a proxy in front says of a client at 192.0.2.7.
const header = "PROXY TCP4 192.0.2.7 198.51.100.1 4567 443\r\n"

// believing runs a server whose listeners believe PROXY headers from 127.0.0.1,
// in front of a backend that says whom it serves.
func believing(t *testing.T, change ...func(*Server)) *world {
	web := testenv.HandlerBackend(t, "web", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, r.Header.Get("X-Forwarded-For"))
	}))
	tcp, secure := testenv.TCPBackend(t, "tcp"), testenv.TLSBackend(t, "secure", "pass.test")
	trust := all(func(l *Listener) {
		l.Proxy = &proxyproto.Policy{Trusted: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}
	})
	return start(t, fmt.Sprintf(`route add web own.test/ http://%s
route add tcp {tcp} tcp://%s opts "allow=ip:192.0.2.0/24"
route add secure pass.test/ tcp://%s opts "deny=ip:127.0.0.0/8"`, web.Addr, tcp.Addr, secure.Addr), append([]func(*Server){trust}, change...)...)
}

// answer asks over a connection and returns the answer's body.
func answer(t *testing.T, c net.Conn, roots *x509.CertPool, name string) string {
	t.Helper()
	if roots != nil {
		c = tls.Client(c, &tls.Config{RootCAs: roots, ServerName: name})
	}
	fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", name)
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return err.Error()
	}
	body, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	return string(body)
}

// A peer that is trusted says whose connection it passes on, on each protocol.
func TestProxyHeader(t *testing.T) {
	w := believing(t)
	for _, v := range []proxyproto.Version{proxyproto.V1, proxyproto.V2} {
		h, _, _ := proxyproto.Parse([]byte(header))
		begin := h.Append(nil, v)
		for _, proto := range []string{"http", "https", "https+tcp+sni"} {
			roots := map[bool]*x509.CertPool{true: nil, false: w.roots}[proto == "http"]
			c := w.dial(proto)
			c.Write(begin)
			if got := answer(t, c, roots, "own.test"); got != "192.0.2.7" {
				t.Errorf("%s, version %d: the client is %q", proto, v, got)
			}
			if got := answer(t, w.dial(proto), roots, "own.test"); got != "127.0.0.1" {
				t.Errorf("%s without a header: the client is %q", proto, got)
			}
		}
		c := w.dial("tcp")
		for i := range begin { // however slowly it comes
			c.Write(begin[i : i+1])
		}
		expectLine(t, c, "tcp")
		io.WriteString(c, "more\n")
		expectLine(t, c, "more")
		c.Close()
		if s := receive(t, w.sessions, "session"); s.Client.String() != "192.0.2.7" || s.Port != 4567 || s.BytesIn != 5 {
			t.Errorf("session %+v", s)
		}
	}
}

// Access rules look at who was announced, also in front of a passed on ClientHello.
func TestProxyHeaderBeforeHello(t *testing.T) {
	w := believing(t)
	for _, proto := range []string{"tcp+sni", "https+tcp+sni"} {
		first := hello(t, "pass.test")
		c := w.dial(proto)
		c.Write(append([]byte(header), first...))
		if head := make([]byte, 6); must(io.ReadFull(c, head)) != 6 || head[0] != 22 || head[5] != 2 {
			t.Errorf("%s: got % x, want a ServerHello", proto, head)
		}
		c.Close()
		c = w.dial(proto)
		c.Write(first)
		expectEnd(t, c)
	}
}

// Nobody else may announce anybody, and what is no whole header is none.
func TestProxyHeaderRefused(t *testing.T) {
	w := believing(t)
	for _, proto := range protocols {
		for _, bad := range []struct{ from, header string }{
			{"127.0.0.2", header}, {"127.0.0.1", "PROXY TCP4 nonsense\r\n"}, {"127.0.0.1", "PROXY TCP4 192.0."},
			{"127.0.0.1", "\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c"},
		} {
			c := w.dialFrom(proto, bad.from)
			io.WriteString(c, bad.header)
			expectEnd(t, c)
			if reason := receive(t, w.refused, "refusal"); reason != "proxy header" {
				t.Errorf("%s: %.20q from %s is refused for %q", proto, bad.header, bad.from, reason)
			}
		}
	}
	if got := answer(t, w.dialFrom("http", "127.0.0.2"), nil, "own.test"); got != "127.0.0.2" {
		t.Errorf("without a header: the client is %q", got)
	}
}

// The limit of one client is that of whom the header names, not of the proxy.
func TestProxyHeaderAndLimits(t *testing.T) {
	w := believing(t, all(func(l *Listener) { l.MaxPerAddr = 2 }))
	for _, proto := range []string{"http", "tcp", "https+tcp+sni"} {
		var open []net.Conn
		for n := range 3 {
			c := w.dial(proto)
			io.WriteString(c, header)
			if n < 2 {
				open = append(open, c)
				testenv.Holds(t, patience, "the client is not known", func() bool {
					w.conns.mu.Lock()
					defer w.conns.mu.Unlock()
					return w.conns.byAddr[netip.MustParseAddr("192.0.2.7")] == n+1
				})
				continue
			}
			expectEnd(t, c)
			if reason := receive(t, w.refused, "refusal"); reason != "client address full" {
				t.Errorf("%s: refused for %q", proto, reason)
			}
		}
		for n := range 2 {
			c := w.dial(proto)
			fmt.Fprintf(c, "PROXY TCP4 192.0.2.%d 198.51.100.1 4567 443\r\n", 20+n)
			open = append(open, c)
		}
		w.open(4)
		for _, c := range open {
			c.Close()
		}
		w.open(0)
		for len(w.refused) > 0 { // of those that ended in their hello
			<-w.refused
		}
	}
}

// What comes behind a header in one piece is not lost.
func TestProxyHeaderBeforePreface(t *testing.T) {
	w := believing(t, all(func(l *Listener) { l.H2C = true }))
	for _, rest := range []string{"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00", "GET / HTTP/1.1\r\nHost: own.test\r\n\r\n"} {
		c := w.dial("http")
		io.WriteString(c, header+rest)
		frame := make([]byte, 9)
		if _, err := io.ReadFull(c, frame); err != nil || frame[3] != 4 && string(frame[:5]) != "HTTP/" {
			t.Errorf("got % x (%v), want SETTINGS or an answer", frame, err)
		}
	}
}

// A client that waits for the server to speak is served without a header after a
// moment, and one that ends at once as well.
func TestProxyHeaderOfSilentClients(t *testing.T) {
	w := believing(t)
	w.route("route add tcp {tcp} tcp://" + testenv.TCPBackend(t, "first").Addr)
	expectLine(t, w.dial("tcp"), "first")
	c := w.dial("tcp")
	c.CloseWrite()
	expectLine(t, c, "first")
	c = w.dial("http")
	w.open(2)
	w.stop()
	expectEnd(t, c)
}
