package proxy

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"weir/internal/testenv"
	"weir/proxy/exchange"
	"weir/proxy/upstream"
	"weir/route"
)

// ends has the tcp listener of a server end TLS, with the certificate of the https
// one.
func ends(s *Server) {
	l := of(s.Listeners, "tcp")
	l.TLS, l.Dialer = &tls.Config{Certificates: of(s.Listeners, "https").TLS.Certificates}, &upstream.Dialer{}
}

// dialTLS speaks TLS with the tcp listener.
func (w *world) dialTLS() *tls.Conn {
	return tls.Client(w.dial("tcp"), &tls.Config{RootCAs: w.roots, ServerName: "own.test", NextProtos: []string{"postgresql"}})
}

// TLS is ended and the bytes are passed on, each direction for as long as it lasts.
func TestTCPEndsTLS(t *testing.T) {
	tcp := testenv.TCPBackend(t, "tcp")
	w := start(t, "route add tcp {tcp} tcp://"+tcp.Addr, ends)
	c := w.dialTLS()
	io.WriteString(c, "more\n")
	c.CloseWrite()
	if got, err := io.ReadAll(c); string(got) != "tcp\nmore\n" || err != nil {
		t.Errorf("got %q (%v)", got, err)
	}
	s := receive(t, w.sessions, "session")
	if s.Service != "tcp" || s.ServerName != "own.test" || s.BytesIn != 5 || s.BytesOut != 9 || s.Err != nil || s.TargetEnded || s.Attempts != 1 {
		t.Errorf("session %+v", s)
	}
	w.open(0)
}

// A target that speaks TLS itself gets it.
func TestTCPEndsTLSAndBegins(t *testing.T) {
	secure := testenv.TLSBackend(t, "secure", "own.test")
	w := start(t, fmt.Sprintf(`route add tcp {tcp} https://%s opts "tlsskipverify=true"`, secure.Addr), ends)
	c := w.dialTLS()
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: own.test\r\n\r\n")
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil || resp.Header.Get("Backend") != "secure" {
		t.Errorf("got %v (%v)", resp, err)
	}
}

// Who is not let in, and for whom there is no target, is told by the end of the
// connection.
func TestTCPEndsTLSOfNobody(t *testing.T) {
	tcp := testenv.TCPBackend(t, "tcp")
	w := start(t, "", ends)
	for routes, want := range map[string]string{
		"": "no route",
		`route add tcp {tcp} tcp://` + tcp.Addr + ` opts "deny=ip:127.0.0.0/8"`: "the target's access rule denies the client",
	} {
		w.route(routes)
		if got, err := io.ReadAll(w.dialTLS()); len(got) > 0 || err != nil {
			t.Errorf("got %q (%v), want the end", got, err)
		}
		if s := receive(t, w.sessions, "session"); s.Err == nil || s.Err.Error() != want {
			t.Errorf("the session says %v, want %s", s.Err, want)
		}
	}
	if tcp.Served() > 0 {
		t.Error("the target was asked")
	}
	c := w.dial("tcp")
	io.WriteString(c, "not TLS\n")
	io.Copy(io.Discard, c)
	if reason := receive(t, w.refused, "refusal"); reason != "handshake" {
		t.Errorf("refused for %q", reason)
	}
}

// A target that refuses is replaced by another.
func TestTCPEndsTLSTriesAnother(t *testing.T) {
	tcp, refused := testenv.TCPBackend(t, "tcp"), testenv.RefusedAddr(t)
	w := start(t, "route add a {tcp} tcp://"+refused+"\nroute add a {tcp} tcp://"+tcp.Addr, ends)
	for range 8 {
		expectLine(t, w.dialTLS(), "tcp")
	}
}

// When one side breaks the other sees it.
func TestTCPEndsTLSBreaks(t *testing.T) {
	tcp := testenv.TCPBackend(t, "tcp")
	w := start(t, "route add tcp {tcp} tcp://"+tcp.Addr, ends)
	c := w.dialTLS()
	expectLine(t, c, "tcp")
	c.NetConn().(*net.TCPConn).SetLinger(0)
	c.NetConn().Close()
	var failed *exchange.AttemptError
	if s := receive(t, w.sessions, "session"); !errors.As(s.Err, &failed) || failed.Kind != exchange.ClientGone {
		t.Errorf("session %+v", s)
	}
	c = w.dialTLS()
	expectLine(t, c, "tcp")
	w.conns.each(func(c exchange.Conn) { c.Close() })
	if _, err := io.ReadAll(c); err == nil {
		t.Error("a connection that is cut seems to end well")
	}
	w.open(0)
}

// At shutdown it may go on for a while, like other connections that are passed on.
func TestTCPEndsTLSDrains(t *testing.T) {
	tcp := testenv.TCPBackend(t, "tcp")
	w := start(t, "route add tcp {tcp} tcp://"+tcp.Addr, ends)
	c := w.dialTLS()
	expectLine(t, c, "tcp")
	w.stop()
	io.WriteString(c, "more\n")
	expectLine(t, c, "more")
	c.Close()
	w.ended()
}

// When the version that it is bound to is taken out of service, it ends in time.
func TestTCPEndsTLSOfADrainingVersion(t *testing.T) {
	tcp := testenv.TCPBackend(t, "tcp")
	w := start(t, "", ends)
	routes := []route.Commands{{Text: "route add tcp " + w.addrs["tcp"][strings.LastIndexByte(w.addrs["tcp"], ':'):] + " tcp://" + tcp.Addr}}
	table, _ := route.Build(route.Input{Commands: routes})
	w.live.Store(table)
	c := w.dialTLS()
	expectLine(t, c, "tcp")
	drains := &exchange.Drains{Live: w.live}
	look := func(later time.Duration) {
		l := drains.Look(time.Now().Add(later))
		w.conns.each(func(c exchange.Conn) { c.Look(l) })
		l.End()
	}
	look(0)
	table, _ = route.Build(route.Input{Commands: routes, Drains: []route.Drain{
		{Version: "v1", Instances: []route.Name{{Service: "tcp"}}, Since: time.Now(), Max: time.Hour, Rate: 10}}})
	w.live.Store(table)
	look(59 * time.Minute)
	io.WriteString(c, "more\n")
	expectLine(t, c, "more")
	look(2 * time.Hour)
	expectEnd(t, c)
	if s := receive(t, w.sessions, "session"); !errors.Is(s.Err, exchange.ErrDrained) {
		t.Errorf("the session says %v", s.Err)
	}
}

// Without a byte either way it ends after the idle time.
func TestTCPEndsTLSIdle(t *testing.T) {
	tcp := testenv.TCPBackend(t, "tcp")
	w := start(t, "route add tcp {tcp} tcp://"+tcp.Addr, ends, all(func(l *Listener) { l.Limits.Tunnel = time.Minute }))
	c := w.dialTLS()
	expectLine(t, c, "tcp")
	now := time.Now()
	w.conns.each(func(c exchange.Conn) { c.Tick(now); c.Tick(now.Add(50 * time.Second)) })
	io.WriteString(c, "more\n")
	expectLine(t, c, "more")
	w.conns.each(func(c exchange.Conn) { c.Tick(now.Add(time.Hour)); c.Tick(now.Add(2 * time.Hour)) })
	expectEnd(t, c)
}
