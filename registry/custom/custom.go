// Package custom is a registry.Source of route commands that a server answers
// as JSON, in the form of fabio's custom registry, which /api/routes has, too.
package custom

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"time"

	"weir/registry"
	"weir/route"
	"weir/store/consulkv"
)

// Config says what is read, and how often.
type Config struct {
	URL                string        // http or https; its query is not shown
	Poll               time.Duration // between two reads
	Retry              time.Duration // from a read that failed to the next; up to eight times that while they go on
	Timeout            time.Duration // of a read
	InsecureSkipVerify bool          // the server's certificate is not checked
	NoRouteHTML        string        // page for requests without a route; empty: none
}

// Source reads a URL.
type Source struct {
	conf  Config
	name  string
	http  *http.Client
	limit int64 // of an answer, in bytes
}

// New prepares a source; it does not connect yet.
func New(c Config) (*Source, error) {
	u, err := url.Parse(c.URL)
	if err != nil {
		return nil, errors.New("registry.custom: scheme, host, path and queryparams make no URL")
	}
	u.RawQuery, u.User = "", nil
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, TLSHandshakeTimeout: c.Timeout, MaxIdleConnsPerHost: 1, IdleConnTimeout: 2 * c.Poll,
		TLSClientConfig: &tls.Config{InsecureSkipVerify: c.InsecureSkipVerify},
	}
	return &Source{conf: c, name: "custom " + u.String(), http: &http.Client{Transport: transport, Timeout: c.Timeout}, limit: maxSize}, nil
}

// Name implements registry.Source.
func (s *Source) Name() string { return s.name }

// Run implements registry.Source. An answer that cannot be read as a whole
// keeps what was known; an entry in it that cannot be read is left out.
func (s *Source) Run(ctx context.Context, out chan<- registry.Snapshot) error {
	defer s.http.CloseIdleConnections()
	var known registry.Snapshot // At moves with each answer
	sent := false
	query := func(ctx context.Context, _ uint64) (list, uint64, error) {
		l, err := s.read(ctx)
		return l, 1, err
	}
	return consulkv.Follow(ctx, s.conf.Retry, consulkv.Every(s.conf.Poll, query), func(l list, err error) {
		if err != nil {
			known.Err = err
		} else {
			now := s.snapshot(l)
			known.At = now.At
			if sent && reflect.DeepEqual(now, known) {
				return
			}
			known = now
		}
		sent = true
		select {
		case <-ctx.Done():
		case out <- known:
		}
	})
}

// snapshot is an answer as publishers read it.
func (s *Source) snapshot(l list) registry.Snapshot {
	return registry.Snapshot{
		Commands: []route.Commands{{Source: s.name, Text: l.text}}, Problems: l.problems, NoRouteHTML: s.conf.NoRouteHTML, At: time.Now(),
	}
}

// read asks once.
func (s *Source) read(ctx context.Context) (l list, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.conf.URL, nil)
	if err != nil {
		return l, errors.New("the URL cannot be asked for")
	}
	req.Header.Set("Accept", "application/json")
	resp, err := s.http.Do(req)
	if err != nil {
		var whole *url.Error // says the query, which may be secret
		if errors.As(err, &whole) {
			err = whole.Err
		}
		return l, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return l, fmt.Errorf("the server answers %s, want 200", resp.Status)
	}
	return decode(http.MaxBytesReader(nil, resp.Body, s.limit), s.name)
}
