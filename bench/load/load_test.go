package load_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"weir/bench/backend"
	"weir/bench/load"
)

// startBackend runs a backend until the test is over.
func startBackend(t *testing.T) backend.Addrs {
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

func hello(t *testing.T) []byte {
	t.Helper()
	hello, err := load.ClientHello("bench.example.com")
	if err != nil {
		t.Fatal(err)
	}
	return hello
}

func TestSNIConns(t *testing.T) {
	l := load.SNIConns{Addr: startBackend(t).Byte, Hello: hello(t), Conns: 4, For: 50 * time.Millisecond}
	r, err := l.Run(t.Context())
	if err != nil || r.Units < 4 || r.P50 == 0 || r.P99 < r.P50 || r.Wall < l.For {
		t.Errorf("result is %+v, %v, want at least 4 connections", r, err)
	}
}

func TestSNIConnsWantOneByte(t *testing.T) {
	l := load.SNIConns{Addr: startBackend(t).Stream, Hello: hello(t), Conns: 1, For: time.Second}
	if r, err := l.Run(t.Context()); err == nil {
		t.Errorf("result is %+v where each connection gets a stream, want an error", r)
	}
}

func TestSNIStreams(t *testing.T) {
	l := load.SNIStreams{Addr: startBackend(t).Stream, Hello: hello(t), Conns: 2, Bytes: backend.Stream, For: time.Millisecond}
	r, err := l.Run(t.Context())
	if want := 2 * float64(backend.Stream) / 1e9; err != nil || r.Units != want {
		t.Errorf("result is %+v, %v, want %v GB", r, err, want)
	}
}

func TestSNIStreamsCutShort(t *testing.T) {
	l := load.SNIStreams{Addr: startBackend(t).Stream, Hello: hello(t), Conns: 1, Bytes: backend.Stream + 1, For: time.Millisecond}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if r, err := l.Run(ctx); err == nil {
		t.Errorf("result is %+v of streams that lack a byte, want an error", r)
	}
}

func TestIdle(t *testing.T) {
	idle, err := load.OpenIdle(t.Context(), startBackend(t).HTTP, "bench.example.com", backend.PathSmall, 200)
	if err != nil {
		t.Fatal(err)
	}
	idle.Close()
}

func TestPaced(t *testing.T) {
	l := load.Paced{Addr: startBackend(t).HTTP, Host: "bench.example.com", Path: backend.PathSmall,
		Conns: 2, Rate: 1000, For: 200 * time.Millisecond}
	r, err := l.Run(t.Context())
	if err != nil || r.Units != 200 || r.Wall < 190*time.Millisecond || r.P50 <= 0 || r.P99 < r.P50 {
		t.Errorf("result is %+v, %v, want 200 requests in 200 ms", r, err)
	}
}

func TestLoadersRefuseWrongAnswers(t *testing.T) {
	addrs := startBackend(t)
	if r, err := (load.Paced{Addr: addrs.HTTP, Host: "h", Path: "/none", Conns: 1, Rate: 100, For: time.Second}).Run(t.Context()); err == nil {
		t.Errorf("paced: result is %+v of answers 404, want an error", r)
	}
	if _, err := load.OpenIdle(t.Context(), addrs.HTTP, "h", "/none", 2); err == nil {
		t.Error("idle: answers 404 are taken, want an error")
	}
}
