package soak

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// idField names a request to the instance that serves it.
const idField = "Soak-Id"

// client makes one request after the other until the soak ends.
type client struct {
	name string
	do   func(ctx context.Context, id string) error
}

func (s *soak) clients() []client {
	h1 := s.web(s.edge.http, false)
	h2 := s.web(s.edge.https, true)
	s1 := s.web(s.edge.https, false)
	kinds := []client{
		{name: "http", do: get(h1, "http://"+webHost+"/")},
		{name: "https", do: get(s1, "https://"+webHost+"/")},
		{name: "h2", do: get(h2, "https://"+webHost+"/")},
		{name: "http big", do: get(h1, "http://"+webHost+"/big")},
		{name: "h2 big", do: get(h2, "https://"+webHost+"/big")},
		{name: "http form", do: post(h1, "http://"+formHost+"/")},
		{name: "h2 form", do: post(h2, "https://"+formHost+"/")},
		{name: "tcp+sni", do: s.throughSNI},
	}
	var all []client
	for range 4 {
		all = append(all, kinds...)
	}
	return append(all,
		client{name: "slow head", do: s.slowHead},
		client{name: "slow reader", do: s.slowReader},
		client{name: "quits", do: s.quit},
	)
}

// web is a client that finds all hosts at addr.
func (s *soak) web(addr string, h2 bool) *http.Client {
	tr := &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", addr)
		},
		TLSClientConfig:   &tls.Config{RootCAs: s.edge.cert.Roots},
		ForceAttemptHTTP2: h2, MaxIdleConnsPerHost: 16,
	}
	s.closers = append(s.closers, tr.CloseIdleConnections)
	return &http.Client{Transport: tr}
}

func get(c *http.Client, url string) func(context.Context, string) error {
	want := []byte(nil)
	if strings.HasSuffix(url, "/big") {
		want = big
	}
	return func(ctx context.Context, id string) error { return exchange(ctx, c, "GET", url, id, nil, want) }
}

func post(c *http.Client, url string) func(context.Context, string) error {
	body := big[:100_000]
	return func(ctx context.Context, id string) error { return exchange(ctx, c, "POST", url, id, body, body) }
}

func exchange(ctx context.Context, c *http.Client, method, url, id string, body, want []byte) error {
	r, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set(idField, id)
	answer, err := c.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	return check(answer, want)
}

func check(answer *http.Response, want []byte) error {
	got, err := io.ReadAll(answer.Body)
	switch {
	case answer.StatusCode != http.StatusOK:
		return fmt.Errorf("%s: %s", answer.Status, got)
	case err != nil:
		return fmt.Errorf("after %d bytes: %w", len(got), err)
	case !bytes.Equal(got, want):
		return fmt.Errorf("%d bytes came, not the %d that were sent", len(got), len(want))
	}
	return nil
}

// throughSNI opens a connection to an instance through TLS that weir passes on.
func (s *soak) throughSNI(ctx context.Context, id string) error {
	return s.dialTLS(ctx, s.edge.sni, tlsHost, s.cluster.cert.Roots, func(c net.Conn) error {
		return ask(c, tlsHost, "/big", id, big)
	})
}

func (s *soak) dialTLS(ctx context.Context, addr, name string, roots *x509.CertPool, talk func(net.Conn) error) error {
	d := tls.Dialer{Config: &tls.Config{ServerName: name, RootCAs: roots}}
	c, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("handshake: %w", err)
	}
	defer c.Close()
	return talk(c)
}

// ask makes one request on a connection of its own.
func ask(c net.Conn, host, path, id string, want []byte) error {
	fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: %s\r\n%s: %s\r\nConnection: close\r\n\r\n", path, host, idField, id)
	answer, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	defer answer.Body.Close()
	return check(answer, want)
}

// slowHead sends its request in small pieces with pauses.
func (s *soak) slowHead(ctx context.Context, id string) error {
	return s.dial(ctx, func(c net.Conn) error { return ask(slowly{c, ctx}, webHost, "/big", id, big) })
}

// slowReader reads its answer through a small window.
func (s *soak) slowReader(ctx context.Context, id string) error {
	return s.dial(ctx, func(c net.Conn) error {
		return ask(slowly{c, ctx}, webHost, "/big", id, big)
	})
}

// quit leaves in the middle of an answer.
func (s *soak) quit(ctx context.Context, id string) error {
	return s.dial(ctx, func(c net.Conn) error {
		fmt.Fprintf(c, "GET /big HTTP/1.1\r\nHost: %s\r\n%s: %s\r\n\r\n", webHost, idField, id)
		_, err := io.CopyN(io.Discard, c, 1000)
		return err
	})
}

func (s *soak) dial(ctx context.Context, talk func(net.Conn) error) error {
	c, err := new(net.Dialer).DialContext(ctx, "tcp", s.edge.http)
	if err != nil {
		return err
	}
	defer c.Close()
	return talk(c)
}

// slowly is a connection that moves a few bytes and then waits for a tick.
type slowly struct {
	net.Conn
	ctx context.Context
}

func (s slowly) Write(p []byte) (n int, err error) {
	for len(p) > 0 {
		if !tick(s.ctx, 5*time.Millisecond) {
			return n, errors.New("ended")
		}
		m, err := s.Conn.Write(p[:min(7, len(p))])
		n += m
		if err != nil {
			return n, err
		}
		p = p[m:]
	}
	return n, nil
}

func (s slowly) Read(p []byte) (int, error) {
	tick(s.ctx, time.Millisecond)
	return s.Conn.Read(p[:min(len(p), 4096)])
}

// tick waits d; false when ctx ended.
func tick(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
