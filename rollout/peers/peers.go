// Package peers lets the leader of rollouts ask other proxies how far they are
// and what they have counted, over HTTP between their admin listeners.
package peers

import (
	"context"
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
	http http.Client
}

// New makes a client for a fleet with this ui.path. Close it in the end.
func New(base string) *Client {
	return &Client{base: strings.TrimRight(base, "/"), http: http.Client{
		Transport: &http.Transport{
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
	if _, _, err := net.SplitHostPort(p.Admin); err != nil || strings.ContainsAny(p.Admin, "/?#@") {
		return a, fmt.Errorf("proxy %.80q announces the address %.80q, want host:port", p.Name, p.Admin)
	}
	u := url.URL{Scheme: "http", Host: p.Admin, Path: c.base + Path}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return a, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return a, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return a, fmt.Errorf("%s answers %s", &u, resp.Status)
	}
	if a, err = read(resp.Body); err != nil {
		return a, fmt.Errorf("%s: %w", &u, err)
	}
	return a, nil
}

// read reads an answer. Fields that it does not know are those of a newer weir.
func read(from io.Reader) (a controller.Answer, err error) {
	text, err := io.ReadAll(io.LimitReader(from, maxAnswer+1))
	switch {
	case err != nil:
		return a, err
	case len(text) > maxAnswer:
		return a, fmt.Errorf("the answer has more than %d bytes", maxAnswer)
	}
	if err := json.Unmarshal(text, &a); err != nil {
		return controller.Answer{}, fmt.Errorf("the answer %.80q is none: %w", text, err)
	}
	return a, nil
}

// Handler answers what Client.Ask asks for.
func Handler(answer func() controller.Answer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		text, err := json.Marshal(answer())
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(text) // who asked may have left
	})
}
