package conformance

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"weir/internal/testenv"
)

// world is what all cases share: targets, certificates and names for them.
type world struct {
	vars  map[string]string // what stands for {{…}}
	proxy testenv.Cert
	peers map[string]string // whose certificate: its bytes to its owner
}

func newWorld(t *testing.T) *world {
	w := &world{vars: map[string]string{}, proxy: testenv.NewCert(t, "proxy.test", "*.test")}
	w.peers = map[string]string{string(w.proxy.TLS.Certificate[0]): "proxy"}
	for _, name := range []string{"a", "b", "c", "d"} {
		w.name(name, "http", "/", serve(t, echo(name), nil))
	}
	for _, name := range []string{"ta", "tb"} {
		cert := testenv.NewCert(t, name+".test")
		w.peers[string(cert.TLS.Certificate[0])] = name
		w.name(name, "https", "/", serve(t, echo(name), &cert.TLS))
	}
	for _, name := range []string{"ra", "rb"} {
		w.name(name, "tcp", "", serveLines(t, name))
	}
	w.name("dead", "http", "/", testenv.RefusedAddr(t))
	return w
}

func (w *world) name(name, scheme, tail, addr string) {
	w.vars[name], w.vars[name+".addr"] = scheme+"://"+addr+tail, addr
	_, w.vars[name+".port"], _ = net.SplitHostPort(addr)
}

// serve runs h until the test ends, behind TLS if there is a certificate.
func serve(t *testing.T, h http.Handler, cert *tls.Certificate) (addr string) {
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	if cert == nil {
		s.Start()
	} else {
		s.TLS = &tls.Config{Certificates: []tls.Certificate{*cert}}
		s.StartTLS()
	}
	t.Cleanup(func() {
		s.CloseClientConnections() // weir keeps them
		s.Close()
	})
	return s.Listener.Addr().String()
}

// seen is what a target tells of the request that it got.
type seen struct {
	Target, Method, URI, Host, Body string
	Headers                         http.Header
}

// echo answers with what it has got. It takes any WebSocket and sends the first
// bytes back.
func echo(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
			echoSocket(name, w, r)
			return
		}
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Target", name)
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(map[string]any{"target": name, "method": r.Method, "uri": r.RequestURI,
			"host": r.Host, "headers": r.Header, "body": string(body)})
	}
}

func echoSocket(name string, w http.ResponseWriter, r *http.Request) {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"X-Target: %s\r\nX-Uri: %s\r\nX-Saw-Xff: %s\r\nX-Saw-Proto: %s\r\n\r\n",
		name, r.RequestURI, r.Header.Get("X-Forwarded-For"), r.Header.Get("X-Forwarded-Proto"))
	b := make([]byte, 4096)
	if n, err := buffered.Read(b); err == nil {
		fmt.Fprintf(conn, "echo:%s", b[:n])
	}
}

// serveLines answers the first line of each connection with the name and it.
func serveLines(t *testing.T, name string) (addr string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer conn.Close()
				line, _ := bufio.NewReader(conn).ReadString('\n')
				fmt.Fprintf(conn, "%s %s", name, line)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		wg.Wait()
	})
	return l.Addr().String()
}
