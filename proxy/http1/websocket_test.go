package http1

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

// serveSockets starts a target that speaks WebSocket. What happens on one of
// its connections is do.
func serveSockets(t *testing.T, do func(ctx context.Context, c *websocket.Conn)) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"echo"}, InsecureSkipVerify: true})
		if err != nil {
			return // Accept has answered
		}
		defer c.CloseNow()
		c.SetReadLimit(2 << 20)
		do(r.Context(), c)
	})}
	ended := make(chan struct{})
	go func() { defer close(ended); srv.Serve(l) }()
	t.Cleanup(func() { srv.Close(); joined(t, "the target", func() { <-ended }) })
	return l.Addr().String()
}

// openSocket opens a WebSocket through w.
func openSocket(t *testing.T, w *world) (context.Context, *websocket.Conn) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	transport := &http.Transport{}
	t.Cleanup(func() { cancel(); transport.CloseIdleConnections() })
	url := "ws://" + w.addr
	if w.tls != nil {
		url = "wss://" + w.addr
		transport.TLSClientConfig = &tls.Config{ServerName: "a.test", RootCAs: w.tls.Roots}
	}
	c, resp, err := websocket.Dial(ctx, url+"/x", &websocket.DialOptions{
		HTTPClient: &http.Client{Transport: transport}, Subprotocols: []string{"echo"}, CompressionMode: websocket.CompressionContextTakeover})
	if err != nil {
		t.Fatal(err, resp)
	}
	t.Cleanup(func() { c.CloseNow() })
	if c.Subprotocol() != "echo" {
		t.Errorf("subprotocol %q", c.Subprotocol())
	}
	c.SetReadLimit(2 << 20)
	return ctx, c
}

// throughEach runs a test on a plain and a TLS listener in front of a target.
func throughEach(t *testing.T, addr string, do func(t *testing.T, w *world)) {
	t.Run("http", func(t *testing.T) { do(t, start(t, "http://"+addr)) })
	t.Run("https", func(t *testing.T) { do(t, start(t, "http://"+addr, overTLS(t))) })
}

func TestWebSocketMessages(t *testing.T) {
	addr := serveSockets(t, func(ctx context.Context, c *websocket.Conn) {
		for {
			kind, p, err := c.Read(ctx)
			if err != nil || c.Write(ctx, kind, p) != nil {
				return
			}
		}
	})
	throughEach(t, addr, func(t *testing.T, w *world) {
		ctx, c := openSocket(t, w)
		for i, size := range []int{0, 1, 125, 126, 65536, 1 << 20, 1 << 20, 1 << 20} {
			kind := []websocket.MessageType{websocket.MessageBinary, websocket.MessageText}[i%2]
			sent := []byte(strings.Repeat("x", size))
			if kind == websocket.MessageBinary {
				sent = []byte(random(size))
			}
			if err := c.Write(ctx, kind, sent); err != nil {
				t.Fatal(err)
			}
			got, p, err := c.Read(ctx)
			if err != nil || got != kind || !bytes.Equal(p, sent) {
				t.Fatalf("%v of %d bytes came back as %v of %d, %v", kind, size, got, len(p), err)
			}
		}
		c.CloseRead(ctx) // which is who sees the pong
		if err := c.Ping(ctx); err != nil {
			t.Error(err)
		}
		if err := c.Close(websocket.StatusNormalClosure, ""); err != nil {
			t.Error(err)
		}
		if x := w.exchanges(t, 1)[0]; x.status != 101 || x.err != nil || x.in < 2<<20 || x.out < 2<<20 {
			t.Errorf("observed %+v", x)
		}
	})
}

func TestWebSocketCloseCodes(t *testing.T) {
	codes := []websocket.StatusCode{websocket.StatusNormalClosure, websocket.StatusGoingAway, websocket.StatusPolicyViolation, 4321}
	closed := make(chan error, 1)
	addr := serveSockets(t, func(ctx context.Context, c *websocket.Conn) {
		_, p, err := c.Read(ctx)
		if err != nil {
			closed <- err
			return
		}
		var code websocket.StatusCode
		fmt.Sscan(string(p), &code)
		c.Close(code, "as asked")
	})
	throughEach(t, addr, func(t *testing.T, w *world) {
		for _, code := range codes {
			want := websocket.CloseError{Code: code, Reason: "as asked"}
			var got websocket.CloseError

			ctx, c := openSocket(t, w) // the target closes
			c.Write(ctx, websocket.MessageText, []byte(fmt.Sprint(int(code))))
			if _, _, err := c.Read(ctx); !errors.As(err, &got) || got != want {
				t.Errorf("client got %v, want %v", err, want)
			}

			_, c = openSocket(t, w) // the client closes
			if err := c.Close(code, "as asked"); err != nil {
				t.Error(err)
			}
			if err := next(t, closed); !errors.As(err, &got) || got != want {
				t.Errorf("target got %v, want %v", err, want)
			}
		}
		for _, x := range w.exchanges(t, 2*len(codes)) {
			if x.status != 101 || x.err != nil {
				t.Errorf("observed %+v", x)
			}
		}
	})
}

// TestWebSocketHalfClose ends one direction and then uses the other.
func TestWebSocketHalfClose(t *testing.T) {
	const switching = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
	for name, target := range map[string]func(c net.Conn){
		"the client's first": func(c net.Conn) {
			io.WriteString(c, switching)
			all, _ := io.ReadAll(c)
			io.WriteString(c, "got "+string(all))
		},
		"the target's first": func(c net.Conn) {
			io.WriteString(c, switching+"got ")
			c.(*net.TCPConn).CloseWrite()
			io.ReadAll(c)
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := serveRaw(t, func(_ *message, c net.Conn) bool { target(c); return false })
			throughEach(t, b.addr, func(t *testing.T, w *world) {
				c := w.dial(t)
				io.WriteString(c, "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nearly ")
				if name == "the client's first" {
					io.WriteString(c, "and late")
					c.CloseWrite()
				}
				got, err := io.ReadAll(c)
				want := "got "
				if name == "the client's first" {
					want = "got early and late"
				}
				if err != nil || !strings.HasSuffix(string(got), "\r\n\r\n"+want) {
					t.Errorf("got %q, %v, want %q", got, err, want)
				}
				io.WriteString(c, "and late")
				c.CloseWrite()
				if x := w.exchanges(t, 1)[0]; x.err != nil || x.status != 101 || x.in < int64(len("early ")) || x.out != int64(len(want)) {
					t.Errorf("observed %+v", x)
				}
			})
		})
	}
}

// A WebSocket that one side drops ends for the other.
func TestWebSocketIsDropped(t *testing.T) {
	dropped := make(chan error, 1)
	addr := serveSockets(t, func(ctx context.Context, c *websocket.Conn) {
		_, p, err := c.Read(ctx)
		if string(p) == "drop" {
			return
		}
		dropped <- err
	})
	throughEach(t, addr, func(t *testing.T, w *world) {
		ctx, c := openSocket(t, w)
		c.Write(ctx, websocket.MessageText, []byte("drop"))
		if _, _, err := c.Read(ctx); err == nil || ctx.Err() != nil {
			t.Errorf("the client noticed nothing: %v", err)
		}
		_, c = openSocket(t, w)
		c.CloseNow()
		if err := next(t, dropped); err == nil {
			t.Error("the target noticed nothing")
		}
	})
}
