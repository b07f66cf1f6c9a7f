package interop

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"weir/internal/testenv"
)

// echoes answers each message with itself. "close CODE REASON" makes it close,
// "cut" drop the connection.
func echoes(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/refused" {
		http.Error(w, "no sockets here", http.StatusForbidden)
		return
	}
	c, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"echo"}, CompressionMode: websocket.CompressionContextTakeover})
	if err != nil {
		return
	}
	defer c.CloseNow()
	c.SetReadLimit(8 << 20)
	for {
		kind, message, err := c.Read(r.Context())
		if err != nil {
			return
		}
		var code int
		var reason string
		switch n, _ := fmt.Sscanf(string(message), "close %d %s", &code, &reason); {
		case n == 2:
			c.Close(websocket.StatusCode(code), reason)
			return
		case string(message) == "cut":
			return
		}
		if err := c.Write(r.Context(), kind, message); err != nil {
			return
		}
	}
}

// TestWebSocket talks over every pair of HTTP/1.1 and HTTP/2 (RFC 8441), with
// TLS and without.
func TestWebSocket(t *testing.T) {
	target := testenv.HandlerBackend(t, "echo", http.HandlerFunc(echoes))
	near := startWeir(t, fmt.Sprintf("route add ws %s/ http://%s/", host, target.Addr))
	far := startWeir(t, fmt.Sprintf("route add ws %s/ h2c://%s/", host, near.plain))
	for _, way := range []struct {
		name   string
		weir   weir
		secure bool
		http2  bool
	}{
		{"HTTP/1.1 to HTTP/1.1", near, false, false},
		{"HTTP/1.1 over TLS to HTTP/1.1", near, true, false},
		{"HTTP/2 to HTTP/1.1", near, false, true},
		{"HTTP/2 over TLS to HTTP/1.1", near, true, true},
		{"HTTP/1.1 to HTTP/2", far, false, false},
		{"HTTP/2 over TLS to HTTP/2", far, true, true},
	} {
		t.Run(way.name, func(t *testing.T) {
			client := newClient(t, way.weir, way.secure, way.http2)
			for _, c := range conversations {
				t.Run(c.name, func(t *testing.T) {
					ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
					defer cancel()
					c.talk(t, ctx, client)
				})
			}
		})
	}
}

// conversations are what goes over a socket.
var conversations = []struct {
	name string
	talk func(*testing.T, context.Context, *http.Client)
}{
	{"messages of all sizes", func(t *testing.T, ctx context.Context, client *http.Client) {
		c := open(t, ctx, client, websocket.CompressionDisabled)
		for _, size := range []int{0, 1, 125, 126, 65535, 65536, 1 << 20} {
			echoed(t, ctx, c, websocket.MessageBinary, bytes.Repeat([]byte("b"), size))
		}
	}},
	{"compressed messages", func(t *testing.T, ctx context.Context, client *http.Client) {
		c := open(t, ctx, client, websocket.CompressionContextTakeover)
		for range 10 {
			echoed(t, ctx, c, websocket.MessageText, []byte(strings.Repeat("text ", 20000)))
		}
	}},
	{"pings", func(t *testing.T, ctx context.Context, client *http.Client) {
		c := open(t, ctx, client, websocket.CompressionDisabled)
		ctx = c.CloseRead(ctx)
		for range 3 {
			if err := c.Ping(ctx); err != nil {
				t.Error(err)
			}
		}
	}},
	{"the client closes", func(t *testing.T, ctx context.Context, client *http.Client) {
		c := open(t, ctx, client, websocket.CompressionDisabled)
		if err := c.Close(4001, "enough"); err != nil {
			t.Errorf("the target did not say goodbye: %v", err)
		}
	}},
	{"the target closes", func(t *testing.T, ctx context.Context, client *http.Client) {
		c := open(t, ctx, client, websocket.CompressionDisabled)
		if err := c.Write(ctx, websocket.MessageText, []byte("close 4002 tired")); err != nil {
			t.Fatal(err)
		}
		var end websocket.CloseError
		if _, _, err := c.Read(ctx); !errors.As(err, &end) || end.Code != 4002 || end.Reason != "tired" {
			t.Errorf("%v, want code 4002", err)
		}
	}},
	{"the target drops the connection", func(t *testing.T, ctx context.Context, client *http.Client) {
		c := open(t, ctx, client, websocket.CompressionDisabled)
		if err := c.Write(ctx, websocket.MessageText, []byte("cut")); err != nil {
			t.Fatal(err)
		}
		if _, _, err := c.Read(ctx); err == nil || ctx.Err() != nil {
			t.Errorf("%v, want an error at once", err)
		}
	}},
	{"the target refuses", func(t *testing.T, ctx context.Context, client *http.Client) {
		_, res, err := websocket.Dial(ctx, "ws://"+host+"/refused", &websocket.DialOptions{HTTPClient: client})
		if err == nil || res == nil || res.StatusCode != http.StatusForbidden {
			t.Fatalf("%v, %v, want a 403", res, err)
		}
		if text, _ := io.ReadAll(res.Body); string(text) != "no sockets here\n" {
			t.Errorf("the refusal says %q", text)
		}
	}},
}

func open(t *testing.T, ctx context.Context, client *http.Client, mode websocket.CompressionMode) *websocket.Conn {
	t.Helper()
	c, res, err := websocket.Dial(ctx, "ws://"+host+"/", &websocket.DialOptions{HTTPClient: client, Subprotocols: []string{"other", "echo"}, CompressionMode: mode})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.CloseNow() })
	c.SetReadLimit(8 << 20)
	if compressed := res.Header.Get("Sec-WebSocket-Extensions") != ""; c.Subprotocol() != "echo" || compressed != (mode != websocket.CompressionDisabled) {
		t.Errorf("subprotocol %q, compressed %v", c.Subprotocol(), compressed)
	}
	return c
}

func echoed(t *testing.T, ctx context.Context, c *websocket.Conn, kind websocket.MessageType, message []byte) {
	t.Helper()
	if err := c.Write(ctx, kind, message); err != nil {
		t.Fatal(err)
	}
	got, back, err := c.Read(ctx)
	if err != nil || got != kind || !bytes.Equal(back, message) {
		t.Fatalf("%v of %d bytes came back as %v of %d: %v", kind, len(message), got, len(back), err)
	}
}
