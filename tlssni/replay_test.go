package tlssni_test

import (
	"errors"
	"io"
	"net"
	"testing"

	"weir/tlssni"
)

// Who ends TLS on a replay still finds the TCP connection below it, and can end
// its own direction.
func TestReplayIsStillTCP(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	r := tlssni.NewReplay(server, nil)
	if r.NetConn() != server {
		t.Error("NetConn is not the connection below")
	}
	if err := r.CloseWrite(); err != nil {
		t.Error(err)
	}
	if n, err := client.Read(make([]byte, 1)); n > 0 || err != io.EOF {
		t.Errorf("got %d bytes (%v), want the end of input", n, err)
	}
	pipe, other := net.Pipe()
	defer pipe.Close()
	defer other.Close()
	if err := tlssni.NewReplay(pipe, nil).CloseWrite(); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("CloseWrite of a pipe says %v", err)
	}
}
