package nomadstory

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"weir/internal/testenv"
)

// visitor is a client that asks for the site again and again.
type visitor struct {
	s    *story
	keep bool // one connection for all

	conn net.Conn
	r    *bufio.Reader
}

// Once implements testenv.Client.
func (v *visitor) Once() error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	asked := v.s.crowd.now()
	answer, err := v.ask(ctx)
	if err == nil {
		v.s.crowd.met(answer, asked)
	}
	return err
}

func (v *visitor) ask(ctx context.Context) (answer string, err error) {
	if v.conn == nil {
		if v.conn, err = v.s.dial(ctx, site); err != nil {
			return "", err
		}
		v.r = bufio.NewReader(v.conn)
	}
	deadline, _ := ctx.Deadline()
	v.conn.SetDeadline(deadline)
	fmt.Fprintf(v.conn, "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", site)
	resp, err := http.ReadResponse(v.r, nil)
	if err != nil {
		v.Close()
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", resp.Status, body)
	}
	if !v.keep || resp.Close || err != nil {
		v.Close()
	}
	return string(body), err
}

// Close implements testenv.Client.
func (v *visitor) Close() {
	if v.conn != nil {
		v.conn.Close()
		v.conn = nil
	}
}

// dial opens a connection through weir, with TLS where the job has it.
func (s *story) dial(ctx context.Context, host string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.addr)
	if err != nil || s.http {
		return conn, err
	}
	secured := tls.Client(conn, &tls.Config{ServerName: host, RootCAs: s.certs.Roots})
	if err := secured.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	return secured, nil
}

// host is the version that answers at a host now; an error where none does.
func (s *story) host(host string) (string, error) {
	transport := &http.Transport{DisableKeepAlives: true,
		DialContext:    func(ctx context.Context, _, _ string) (net.Conn, error) { return s.dial(ctx, host) },
		DialTLSContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return s.dial(ctx, host) }}
	client := http.Client{Transport: transport, Timeout: 30 * time.Second}
	resp, err := client.Get("http://" + host + "/")
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s", resp.Status)
	}
	version, _, _ := strings.Cut(string(body), " ")
	return version, err
}

// answers waits until a version, empty for none, answers at a host.
func (s *story) answers(host, version string) {
	s.t.Helper()
	testenv.Eventually(s.t, within, func() error {
		if got, err := s.host(host); got != version && !(version == "" && err != nil) {
			return fmt.Errorf("%s is answered by %q (%v), want %q", host, got, err, version)
		}
		return nil
	})
}
