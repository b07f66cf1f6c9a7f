package upstream

import (
	"context"
	"crypto/tls"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"weir/internal/testenv"
	"weir/route"
)

// peer is what listens where a target should be. It accepts connections and
// leaves them to the test.
type peer struct {
	addr string
	cert testenv.Cert
	tls  *tls.Config

	mu    sync.Mutex
	conns []net.Conn // in the order of their coming
	names []string   // that they asked for over TLS
	came  chan struct{}
	all   sync.WaitGroup
}

// listen starts a peer, which speaks TLS if asked to.
func listen(t testing.TB, secure bool) *peer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &peer{addr: l.Addr().String(), came: make(chan struct{}, 100)}
	if secure {
		p.cert = testenv.NewCert(t, "a.test", "b.test", "127.0.0.1")
		p.tls = &tls.Config{Certificates: []tls.Certificate{p.cert.TLS}}
	}
	p.all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if !secure {
				p.note(c, "")
				continue
			}
			p.all.Go(func() { p.shake(c) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		p.each(func(c net.Conn) { c.Close() })
		p.all.Wait()
	})
	return p
}

func (p *peer) shake(c net.Conn) {
	s := tls.Server(c, p.tls)
	if s.Handshake() != nil {
		c.Close()
		return
	}
	p.note(s, s.ConnectionState().ServerName)
}

func (p *peer) note(c net.Conn, name string) {
	p.mu.Lock()
	p.conns, p.names = append(p.conns, c), append(p.names, name)
	p.mu.Unlock()
	p.came <- struct{}{}
}

func (p *peer) each(do func(net.Conn)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		do(c)
	}
}

// conn is the i-th connection that came, for which it waits.
func (p *peer) conn(i int) net.Conn {
	for {
		p.mu.Lock()
		if i < len(p.conns) {
			defer p.mu.Unlock()
			return p.conns[i]
		}
		p.mu.Unlock()
		<-p.came
	}
}

// asked are the names that connections asked for.
func (p *peer) asked() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.names)
}

// to makes a target as a table of its own would have it.
func to(t testing.TB, url, opts string) *route.Target {
	t.Helper()
	command := "route add svc / " + url
	if opts != "" {
		command += ` opts "` + opts + `"`
	}
	table, problems := route.Build(route.Input{Commands: []route.Commands{{Source: "test", Text: command}}})
	for _, p := range problems {
		t.Fatal(p)
	}
	return table.HTTP("", "/", false).Pick(route.Draw{})
}

// newPool makes a pool that is closed with the test.
func newPool(t testing.TB, p *Pool) *Pool {
	t.Helper()
	if p.Dialer == nil {
		p.Dialer = &Dialer{}
	}
	t.Cleanup(p.close)
	return p
}

// dial opens a connection; it is discarded with the test unless that did so.
func dial(t testing.TB, p *Pool, to *route.Target, host string) *Conn {
	t.Helper()
	c, err := p.Dial(context.Background(), to, []byte(host), 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Conn.Close() })
	return c
}

// ended reports whether the other side closes c.
func ended(t testing.TB, c net.Conn) bool {
	t.Helper()
	c.SetReadDeadline(time.Now().Add(5 * time.Second))
	_, err := c.Read(make([]byte, 1))
	timeout, ok := err.(net.Error)
	return err != nil && !(ok && timeout.Timeout())
}

// roots is a configuration that trusts the peer.
func (p *peer) roots() *tls.Config { return &tls.Config{RootCAs: p.cert.Roots} }

// eventually waits for what another goroutine or process brings about.
func eventually(t testing.TB, good func() bool) {
	t.Helper()
	testenv.Holds(t, 10*time.Second, "it did not happen", good)
}
