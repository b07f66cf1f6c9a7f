package testenv

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

// Backend is a server that says its name, for tests that ask where traffic
// went. It ends with the test.
type Backend struct {
	Name  string
	Addr  string         // host:port
	Host  string         // the parts of Addr
	Port  int            //
	Roots *x509.CertPool // that trust its certificate; nil without TLS

	served atomic.Int64
	stop   func()
	once   sync.Once
}

// Served counts the requests, or connections on TCP, since the start.
func (b *Backend) Served() int { return int(b.served.Load()) }

// Stop closes the listener and all connections and returns when they are gone.
// Later calls do nothing.
func (b *Backend) Stop() { b.once.Do(b.stop) }

// HTTPBackend answers every request with its name as the whole body and in the
// field Backend.
func HTTPBackend(t testing.TB, name string) *Backend { return HandlerBackend(t, name, nil) }

// HandlerBackend is HTTPBackend with answers of the test's own.
func HandlerBackend(t testing.TB, name string, h http.Handler) *Backend {
	t.Helper()
	ln := listen(t)
	return serve(t, newBackend(name, ln), ln, h)
}

// TLSBackend is HTTPBackend behind TLS (HTTP/1.1 and HTTP/2) with a certificate
// of its own for hosts, which Roots trusts.
func TLSBackend(t testing.TB, name string, hosts ...string) *Backend {
	t.Helper()
	cert := NewCert(t, hosts...)
	ln := listen(t)
	b := newBackend(name, ln)
	b.Roots = cert.Roots
	conf := &tls.Config{Certificates: []tls.Certificate{cert.TLS}, NextProtos: []string{"h2", "http/1.1"}}
	return serve(t, b, tls.NewListener(ln, conf), nil)
}

func serve(t testing.TB, b *Backend, ln net.Listener, h http.Handler) *Backend {
	srv := &http.Server{ErrorLog: log.New(io.Discard, "", 0)}
	srv.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.served.Add(1)
		w.Header().Set("Backend", b.Name)
		if h != nil {
			h.ServeHTTP(w, r)
			return
		}
		io.WriteString(w, b.Name)
	})
	done := make(chan struct{})
	go func() {
		defer close(done)
		srv.Serve(ln)
	}()
	b.stop = func() {
		srv.Close()
		<-done
	}
	t.Cleanup(b.Stop)
	return b
}

// TCPBackend sends its name and a newline on each connection and then echoes
// until the client ends its side; its own side ends after that.
func TCPBackend(t testing.TB, name string) *Backend {
	t.Helper()
	ln := listen(t)
	b := newBackend(name, ln)
	var wg sync.WaitGroup
	var conns sync.Map
	wg.Go(func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			conns.Store(conn, nil)
			b.served.Add(1)
			wg.Go(func() {
				defer conns.Delete(conn)
				defer conn.Close()
				fmt.Fprintln(conn, name)
				io.Copy(conn, conn)
			})
		}
	})
	b.stop = func() {
		ln.Close()
		conns.Range(func(conn, _ any) bool { conn.(net.Conn).Close(); return true })
		wg.Wait()
	}
	t.Cleanup(b.Stop)
	return b
}

// RefusedAddr returns an address that refuses connections and that nobody else
// can take while the test runs: a socket bound to it never listens.
func RefusedAddr(t testing.TB) string {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	syscall.CloseOnExec(fd)
	t.Cleanup(func() { syscall.Close(fd) })
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("127.0.0.1:%d", name.(*syscall.SockaddrInet4).Port)
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return ln
}

func newBackend(name string, ln net.Listener) *Backend {
	addr := ln.Addr().(*net.TCPAddr)
	return &Backend{Name: name, Addr: addr.String(), Host: addr.IP.String(), Port: addr.Port}
}
