// Package peers lets the leader of rollouts ask other proxies how far they are
// and what they have counted, over HTTP between their admin listeners.
package peers

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"weir/rollout/controller"
)

// Path is where an admin listener answers, below ui.path.
const Path = "/api/v1/internal/counters"

// Bounds of an answer. The counters of one rollout have some kilobytes, and a few
// megabytes when thousands of clients have met bad events.
const (
	maxAnswer = 32 << 20 // bytes
	maxHead   = 16 << 10
	maxTime   = 10 * time.Second // where the context sets no nearer end
)

// Client asks proxies. It is safe for concurrent use. Use New.
type Client struct {
	base string
	key  Key
	http http.Client
}

// New makes a client for a fleet with this ui.path and secret. Close it in the
// end.
func New(base string, secret Secret) *Client {
	return &Client{base: strings.TrimRight(base, "/"), key: Key{Secret: secret}, http: http.Client{
		Transport: &http.Transport{
			// Proxies have certificates for the names that people use. It is the
			// proof in the answer that tells whose it is.
			TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: true},
			MaxIdleConnsPerHost: 1, IdleConnTimeout: 30 * time.Second, // the leader asks every few seconds
			MaxResponseHeaderBytes: maxHead, DisableCompression: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       maxTime,
	}}
}

// Close closes idle connections.
func (c *Client) Close() error {
	c.http.CloseIdleConnections()
	return nil
}

// Ask implements controller.Peers.
func (c *Client) Ask(ctx context.Context, p controller.Proxy) (a controller.Answer, err error) {
	u, err := c.url(p)
	if err != nil {
		return a, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return a, err
	}
	ask, err := c.key.ask(ctx)
	if err != nil {
		return a, err
	}
	req.Header.Set(proofHeader, ask.header())
	resp, err := c.http.Do(req)
	if err != nil {
		return a, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return a, fmt.Errorf("%s answers %s", u, resp.Status)
	}
	if a, err = read(resp.Body, func(text []byte) bool { return ask.proves(text, resp.Header.Get(proofHeader)) }); err != nil {
		return a, fmt.Errorf("%s: %w", u, err)
	}
	return a, nil
}

// url is where a proxy answers. What it announces may begin with https://.
func (c *Client) url(p controller.Proxy) (*url.URL, error) {
	scheme, host := "http", p.Admin
	if rest, ok := strings.CutPrefix(host, "https://"); ok {
		scheme, host = "https", rest
	}
	if _, _, err := net.SplitHostPort(host); err != nil || strings.ContainsAny(host, "/?#@") {
		return nil, fmt.Errorf("proxy %.80q announces the address %.80q, want host:port", p.Name, p.Admin)
	}
	return &url.URL{Scheme: scheme, Host: host, Path: c.base + Path}, nil
}

// read reads an answer. Fields that it does not know are those of a newer weir.
func read(from io.Reader, proven func([]byte) bool) (a controller.Answer, err error) {
	text, err := io.ReadAll(io.LimitReader(from, maxAnswer+1))
	switch {
	case err != nil:
		return a, err
	case len(text) > maxAnswer:
		return a, fmt.Errorf("the answer has more than %d bytes", maxAnswer)
	case !proven(text):
		return a, fmt.Errorf("the answer %.80q is not of a proxy of this fleet: it does not know the secret in the store", text)
	}
	if err := json.Unmarshal(text, &a); err != nil {
		return controller.Answer{}, fmt.Errorf("the answer %.80q is none: %w", text, err)
	}
	return a, nil
}
