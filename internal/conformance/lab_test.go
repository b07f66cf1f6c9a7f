package conformance

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"testing"

	"weir/internal/testenv"
)

// lab is a proxy in front of a recorder.
type lab struct {
	*recorder
	listener string
	addr     string
}

func newLab(t *testing.T, listener string) *lab {
	r := newRecorder(t)
	p := startProxy(t, testenv.NewCert(t, "a.test"), []string{listener},
		"-registry.backend=static", "-registry.static.routes=route add s / http://"+r.addr+"/")
	return &lab{r, listener, p.addr(listener)}
}

// open makes a connection, by TLS where the listener wants that.
func (l *lab) open(t *testing.T) halfCloser {
	t.Helper()
	conn, err := dial(l.addr)
	if err != nil {
		t.Fatalf("the proxy is gone: %v", err)
	}
	t.Cleanup(func() { conn.Close() })
	if l.listener == "http" {
		return conn
	}
	secure := tls.Client(conn, &tls.Config{ServerName: "a.test", InsecureSkipVerify: true, NextProtos: []string{"http/1.1"}})
	if err := secure.Handshake(); err != nil {
		t.Fatalf("the proxy does not shake hands: %v", err)
	}
	return secure
}

type halfCloser interface {
	net.Conn
	CloseWrite() error
}

// alive makes sure that the proxy still serves.
func (l *lab) alive(t *testing.T) {
	t.Helper()
	conn := l.open(t)
	fmt.Fprintf(conn, "GET /alive HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n")
	if reply, err := io.ReadAll(conn); !bytes.HasPrefix(reply, []byte("HTTP/1.1 200 ")) {
		t.Errorf("the proxy is not alive: %q, %v", reply, err)
	}
}
