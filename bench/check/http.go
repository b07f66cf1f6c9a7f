package check

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
	"time"

	"weir/bench/backend"
	"weir/bench/peers"
)

// Addresses of clients: the one that the access rule lets in, and a stranger's.
const (
	friend   = "127.0.0.1"
	stranger = "127.0.0.2"
)

// timeout bounds each question.
const timeout = 10 * time.Second

// question is one request, on a connection of its own.
type question struct {
	url, host, path string
	from            string // address of the client
	proto           string // that must be spoken, as in http.Response.Proto
}

type answer struct {
	status int
	body   []byte
	tls    *tls.ConnectionState
}

func (q question) ask(ctx context.Context) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	transport := q.transport()
	defer transport.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, "GET", q.url+q.path, nil)
	if err != nil {
		return answer{}, err
	}
	req.Host = q.host
	res, err := transport.RoundTrip(req)
	if err != nil {
		return answer{}, fmt.Errorf("GET %s%s: %w", q.url, q.path, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if q.proto != "" && res.Proto != q.proto {
		err = errors.Join(err, fmt.Errorf("GET %s%s: the answer is %s, want %s", q.url, q.path, res.Proto, q.proto))
	}
	return answer{res.StatusCode, body, res.TLS}, err
}

func (q question) transport() *http.Transport {
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(q.from)}}
	return &http.Transport{
		DialContext:       dialer.DialContext,
		ForceAttemptHTTP2: q.proto == "HTTP/2.0",
		TLSClientConfig:   &tls.Config{ServerName: q.host, InsecureSkipVerify: true}, // it was signed by itself
	}
}

// plain checks HTTP/1.1.
func plain(ctx context.Context, r *peers.Running) error {
	q := question{url: "http://" + r.HTTP, host: peers.WebHost, from: friend, proto: "HTTP/1.1"}
	return errors.Join(size(ctx, q, backend.PathSmall, backend.Small), size(ctx, q, backend.PathLarge, backend.Large),
		forwards(ctx, q, "http"))
}

// encrypted checks HTTP/1.1 and HTTP/2 over TLS 1.3.
func encrypted(ctx context.Context, r *peers.Running) error {
	var errs []error
	for _, proto := range []string{"HTTP/1.1", "HTTP/2.0"} {
		q := question{url: "https://" + r.HTTPS, host: peers.WebHost, from: friend, proto: proto}
		errs = append(errs, forwards(ctx, q, "https"))
		q.path = backend.PathSmall
		a, err := q.ask(ctx)
		if err == nil && (a.tls.Version != tls.VersionTLS13 || a.tls.CipherSuite != tls.TLS_AES_128_GCM_SHA256) {
			err = fmt.Errorf("the connection is %s with %s, want TLS 1.3 with TLS_AES_128_GCM_SHA256",
				tls.VersionName(a.tls.Version), tls.CipherSuiteName(a.tls.CipherSuite))
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func size(ctx context.Context, q question, path string, want int) error {
	q.path = path
	a, err := q.ask(ctx)
	if err == nil && (a.status != 200 || len(a.body) != want) {
		err = fmt.Errorf("GET %s%s: %d with %d bytes, want 200 with %d", q.url, path, a.status, len(a.body), want)
	}
	return err
}

// forwards checks what the backend gets to see.
func forwards(ctx context.Context, q question, proto string) error {
	q.path = backend.PathSeen
	a, err := q.ask(ctx)
	if err != nil {
		return err
	}
	seen := bytes.ToLower(a.body)
	for _, want := range []string{
		"host: " + q.host + "\r", "x-forwarded-host: " + q.host + "\r", "x-forwarded-for: " + friend + "\r",
		"x-forwarded-proto: " + proto + "\r", "x-forwarded-port: ", // the listener's or that of the Host field
	} {
		if !bytes.Contains(seen, []byte("\n"+want)) {
			err = errors.Join(err, fmt.Errorf("GET %s%s: the backend got no %q, but %q", q.url, q.path, strings.TrimSpace(want), a.body))
		}
	}
	return err
}
