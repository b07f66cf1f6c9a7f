package certs

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// listed are the files that a list names, which lie beside it on an HTTP server.
type listed struct {
	list        *url.URL
	name, value string // of a header field; empty: none
	client      *http.Client
}

// newListed checks the URL of a list. The error does not hold it, since it may
// hold a password.
func newListed(list, name, value string) (*listed, error) {
	u, err := url.Parse(list)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, errors.New("want a URL such as https://certs.example.com/list")
	}
	return &listed{list: u, name: name, value: value, client: newClient()}, nil
}

// newClient makes a client that follows no redirect: what it sends is for one
// server.
func newClient() *http.Client {
	return &http.Client{
		Timeout: roundTrip,
		Transport: &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			DialContext:            (&net.Dialer{Timeout: roundTrip}).DialContext,
			MaxResponseHeaderBytes: 64 << 10,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// read fetches the list and then each file. An error is about the list.
func (l *listed) read(ctx context.Context) ([]text, error) {
	defer l.client.CloseIdleConnections()
	list := l.fetch(ctx, l.list, "")
	if list.err != nil {
		return nil, fmt.Errorf("%s: %w", list.name, list.err)
	}
	var texts []text
	lines := bufio.NewScanner(bytes.NewReader(list.data))
	for lines.Scan() {
		name := strings.TrimSpace(lines.Text())
		if name == "" {
			continue
		}
		if strings.ContainsAny(name, "/\\?#%") || !isPEM(name) {
			return nil, fmt.Errorf("%s: %.80q is not the name of a .pem file beside the list", list.name, name)
		}
		if err := counted(len(texts) + 1); err != nil {
			return nil, fmt.Errorf("%s: %w", list.name, err)
		}
		texts = append(texts, l.fetch(ctx, l.list, name))
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", list.name, err)
	}
	return texts, ctx.Err()
}

// fetch gets the list, or a file beside it. The query goes with each, since it
// may say who asks.
func (l *listed) fetch(ctx context.Context, list *url.URL, file string) text {
	at := *list
	if file != "" {
		at = *list.ResolveReference(&url.URL{Path: "./" + file})
		at.RawQuery = list.RawQuery
		at.User = list.User
	}
	name := (&url.URL{Scheme: at.Scheme, Host: at.Host, Path: at.Path}).String()
	body, err := l.get(ctx, at.String())
	if err != nil {
		return text{name: name, err: err}
	}
	defer body.Close()
	return readText(name, body)
}

// get is the body of an answer that is a success. Errors hold neither the URL
// nor what was sent.
func (l *listed) get(ctx context.Context, at string) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return nil, errors.New("the URL cannot be asked for")
	}
	if l.name != "" {
		req.Header.Set(l.name, l.value)
	}
	resp, err := l.client.Do(req)
	if err != nil {
		return nil, withoutURL(err)
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		return nil, fmt.Errorf("the server answered %s", resp.Status)
	}
	return resp.Body, nil
}

// withoutURL is what a client's error is about, but for the URL, whose query may
// be secret.
func withoutURL(err error) error {
	if u, ok := err.(*url.Error); ok {
		return u.Err
	}
	return err
}
