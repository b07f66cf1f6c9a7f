package backend_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"weir/bench/backend"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T) backend.Addrs {
	t.Helper()
	b, err := backend.Listen()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- b.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("backend: %v", err)
		}
	})
	return b.Addrs
}

func TestHTTP(t *testing.T) {
	addrs := start(t)
	var client http.Client
	defer client.CloseIdleConnections()
	for _, c := range []struct {
		path         string
		status, size int
	}{
		{backend.PathSmall, 200, backend.Small}, {backend.PathLarge, 200, backend.Large},
		{backend.PathLarge, 200, backend.Large}, {"/none", 404, 0},
	} {
		res, err := client.Get("http://" + addrs.HTTP + c.path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || res.StatusCode != c.status || len(body) != c.size {
			t.Errorf("%s: %d with %d bytes, %v, want %d with %d", c.path, res.StatusCode, len(body), err, c.status, c.size)
		}
	}
}

func TestHTTPInPieces(t *testing.T) {
	c, err := net.Dial("tcp", start(t).HTTP)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	const head = "GET /seen HTTP/1.1\r\nHost: a\r\n\r\n"
	for _, part := range []string{head[:9], head[9:29], head[29:] + head + "GET /no"} {
		if _, err := io.WriteString(c, part); err != nil {
			t.Fatal(err)
		}
	}
	c.(*net.TCPConn).CloseWrite()
	got, err := io.ReadAll(c)
	if n := strings.Count(string(got), head); err != nil || n != 2 {
		t.Errorf("got %q, %v, want the request's head twice", got, err)
	}
}

func TestClientHello(t *testing.T) {
	addrs := start(t)
	for addr, want := range map[string]int64{addrs.Byte: 1, addrs.Stream: backend.Stream} {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []string{"\x16\x03", "\x01\x00\x02h", "i"} {
			if _, err := io.WriteString(c, part); err != nil {
				t.Fatal(err)
			}
		}
		n, err := io.CopyN(io.Discard, c, want)
		if c.Close(); n != want || err != nil {
			t.Errorf("got %d bytes, %v, want %d", n, err, want)
		}
	}
}

func TestGRPC(t *testing.T) {
	client, err := grpc.NewClient(start(t).GRPC, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	var sent, got wrapperspb.BytesValue
	sent.Value = make([]byte, 32<<10) // 40 of them are more than the connection's window
	for range 40 {
		if err := client.Invoke(t.Context(), "/weir.bench.Echo/Unary", &sent, &got); err != nil {
			t.Fatal(err)
		}
	}
	if len(got.Value) == 0 {
		t.Error("the answer is empty")
	}
}
