package interop

import (
	"context"
	"crypto/sha1"
	"crypto/tls"
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"testing"

	"golang.org/x/net/http2"
)

// newClient makes a client of w's listeners, whatever host it asks for.
func newClient(t *testing.T, w weir, secure, useHTTP2 bool) *http.Client {
	t.Helper()
	dial := func(alpn string) func(context.Context, string, string) (net.Conn, error) {
		return func(ctx context.Context, network, _ string) (net.Conn, error) {
			if secure {
				return (&tls.Dialer{Config: w.tlsConfig(alpn)}).DialContext(ctx, network, w.secure)
			}
			return (&net.Dialer{}).DialContext(ctx, network, w.plain)
		}
	}
	if !useHTTP2 {
		tr := &http.Transport{DialContext: dial("http/1.1"), DisableCompression: true}
		t.Cleanup(tr.CloseIdleConnections)
		return &http.Client{Transport: tr}
	}
	tr := &http2.Transport{AllowHTTP: true, DisableCompression: true,
		DialTLSContext: func(ctx context.Context, network, addr string, _ *tls.Config) (net.Conn, error) {
			return dial("h2")(ctx, network, addr)
		}}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: extended{tr}}
}

// extended makes an extended CONNECT (RFC 8441 section 5) of a WebSocket
// library's handshake, and of the answer what such a library expects.
type extended struct{ *http2.Transport }

func (e extended) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Header.Get("Upgrade") != "websocket" {
		return e.Transport.RoundTrip(req)
	}
	key := req.Header.Get("Sec-WebSocket-Key")
	connect := req.Clone(req.Context())
	for _, name := range []string{"Upgrade", "Connection", "Sec-WebSocket-Key"} {
		connect.Header.Del(name)
	}
	connect.Method = http.MethodConnect
	connect.Header[":protocol"] = []string{"websocket"}
	body, toTarget := io.Pipe()
	connect.Body, connect.ContentLength = body, -1
	res, err := e.Transport.RoundTrip(connect)
	if err != nil || res.StatusCode != http.StatusOK {
		return res, err
	}
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	res.StatusCode = http.StatusSwitchingProtocols
	res.Header.Set("Connection", "Upgrade")
	res.Header.Set("Upgrade", "websocket")
	res.Header.Set("Sec-WebSocket-Accept", base64.StdEncoding.EncodeToString(sum[:]))
	res.Body = socket{res.Body, toTarget}
	return res, nil
}

// socket is a stream in both directions.
type socket struct {
	io.ReadCloser
	w *io.PipeWriter
}

func (s socket) Write(p []byte) (int, error) { return s.w.Write(p) }

func (s socket) Close() error {
	s.w.Close()
	return s.ReadCloser.Close()
}
