package http2

import (
	"crypto/tls"
	"net"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"weir/internal/testenv"
	"weir/proxy/exchange"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// handle is a Handler made of a function.
type handle func(x *exchange.Exchange) bool

func (h handle) Serve(x *exchange.Exchange) bool { return h(x) }

func testLimits() exchange.Limits {
	return exchange.Limits{HeaderBytes: 60 << 10, HeaderFields: 200, URIBytes: 16 << 10,
		Header: 5 * time.Second, Idle: time.Minute, Body: time.Minute}
}

// front serves connections on a loopback port.
type front struct {
	addr string
	conf *tls.Config // for clients; nil without TLS

	mu    sync.Mutex
	conns []*Conn
}

// serve starts a server and stops it with the test.
func serve(t testing.TB, h Handler, secure bool) *front {
	t.Helper()
	return serveLimits(t, h, secure, testLimits())
}

func serveLimits(t testing.TB, h Handler, secure bool, limits exchange.Limits) *front {
	t.Helper()
	f := &front{}
	var conf *tls.Config
	if secure {
		cert := testenv.NewCert(t, "a.test", "127.0.0.1")
		conf = &tls.Config{Certificates: []tls.Certificate{cert.TLS}, NextProtos: []string{"h2"}}
		f.conf = &tls.Config{RootCAs: cert.Roots, ServerName: "a.test", NextProtos: []string{"h2"}}
	}
	server := &Server{Handler: h, Limits: limits}
	f.addr = listen(t, func(c net.Conn) { f.start(c, conf, server) })
	t.Cleanup(func() { f.each(func(c *Conn) { c.Close() }) })
	return f
}

func (f *front) start(c net.Conn, conf *tls.Config, server *Server) {
	client := &exchange.Client{Listener: "test", IP: []byte("127.0.0.1")}
	if conf != nil {
		t := tls.Server(c, conf)
		if t.Handshake() != nil {
			return
		}
		state := t.ConnectionState()
		c, client.TLS = t, &state
	}
	conn := server.NewConn(c, client, nil)
	f.mu.Lock()
	f.conns = append(f.conns, conn)
	f.mu.Unlock()
	conn.Serve()
}

// each calls do for all connections so far.
func (f *front) each(do func(*Conn)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.conns {
		do(c)
	}
}

// answer replies with a small body after reading the whole request.
func answer(x *exchange.Exchange) bool {
	buf := make([]byte, 4096)
	for x.Body != nil {
		if _, err := x.Body.Read(buf); err != nil {
			break
		}
	}
	fields := []exchange.Field{{Name: []byte("Content-Type"), Value: []byte("text/plain")}}
	body := []byte("hello, world")
	if x.Reply.Head(200, fields, int64(len(body)), string(x.Method) == "HEAD") != nil {
		return false
	}
	if string(x.Method) != "HEAD" {
		if _, err := x.Reply.Write(body); err != nil {
			return false
		}
	}
	return x.Reply.End(nil) == nil
}
