package testenv

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// helloFrom begins the answer of a HelloServer.
const helloFrom = "hello from "

// ClientHello is what a client sends first that asks for host by TLS.
func ClientHello(t testing.TB, host string) []byte {
	t.Helper()
	ours, theirs := net.Pipe()
	defer ours.Close()
	failed := make(chan error, 1)
	go func() { failed <- tls.Client(ours, &tls.Config{ServerName: host}).Handshake() }()
	buf := make([]byte, 1<<14)
	n, err := theirs.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	theirs.Close()
	<-failed
	return buf[:n]
}

// HelloServer answers connections that begin with Hello, and with that alone,
// with a line that says its Name, and ends them.
type HelloServer struct {
	Name  string
	Hello []byte
}

// Serve answers connections of l until that is closed, and then finishes those
// that it has accepted.
func (s HelloServer) Serve(l net.Listener) {
	var running sync.WaitGroup
	defer running.Wait()
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		running.Go(func() {
			defer conn.Close()
			conn.SetDeadline(time.Now().Add(10 * time.Second))
			got := make([]byte, len(s.Hello))
			if _, err := io.ReadFull(conn, got); err == nil && bytes.Equal(got, s.Hello) {
				fmt.Fprintf(conn, "%s%s\n", helloFrom, s.Name)
			}
		})
	}
}
