package nomad

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	// callTime bounds a call that does not wait for a change.
	callTime = 10 * time.Second
	// waitTime is how long Nomad may hold a blocking query; it adds up to a
	// sixteenth of its own.
	waitTime = time.Minute
	// maxAnswer bounds an answer, in bytes.
	maxAnswer = 32 << 20
	// maxText bounds what an error quotes of an answer, in bytes.
	maxText = 512
)

// Error is an answer of Nomad that is no success.
type Error struct {
	Call   string // such as GET /v1/job/web/versions
	Status int    // of HTTP
	Text   string // what Nomad said, shortened
}

func (e *Error) Error() string {
	return fmt.Sprintf("nomad: %s: %d %s: %s", e.Call, e.Status, http.StatusText(e.Status), e.Text)
}

// Get reads one document. index is that of the answer before, 0 for none: with
// it the call waits for a change. It returns the index of this answer.
func (c *Client) Get(ctx context.Context, path string, query url.Values, index uint64, into any) (uint64, error) {
	limit := callTime
	if index > 0 {
		limit += waitTime + waitTime/16
		query.Set("index", strconv.FormatUint(index, 10))
		query.Set("wait", waitTime.String())
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	header, err := c.call(ctx, http.MethodGet, path, query, nil, into)
	if err != nil {
		return 0, err
	}
	next, err := strconv.ParseUint(header.Get("X-Nomad-Index"), 10, 64)
	if err != nil || next < index {
		return 0, nil // Nomad was restored, or says nothing: read anew
	}
	return next, nil
}

// post asks Nomad to do something.
func (c *Client) post(ctx context.Context, path string, query url.Values, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	_, err = c.call(ctx, http.MethodPost, path, query, text, nil)
	return err
}

func (c *Client) call(ctx context.Context, method, path string, query url.Values, body []byte, into any) (http.Header, error) {
	if c.region != "" {
		query.Set("region", c.region)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.addr+path+"?"+query.Encode(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if c.token != "" {
		req.Header.Set("X-Nomad-Token", c.token)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("nomad: %w", err)
	}
	defer resp.Body.Close()
	named := method + " " + path
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("nomad: %s: %w", named, err)
	case resp.StatusCode < 200 || resp.StatusCode > 299:
		return nil, &Error{named, resp.StatusCode, shorten(text)}
	case len(text) > maxAnswer:
		return nil, fmt.Errorf("nomad: %s: the answer has more than %d MiB", named, maxAnswer>>20)
	case into == nil:
		return resp.Header, nil
	}
	if err := json.Unmarshal(text, into); err != nil {
		return nil, fmt.Errorf("nomad: %s: the answer is not what the API has: %w", named, err)
	}
	return resp.Header, nil
}

// shorten keeps an error to one line.
func shorten(text []byte) string {
	if len(text) > maxText {
		text = append(text[:maxText:maxText], "…"...)
	}
	return strings.Join(strings.Fields(strings.ToValidUTF8(string(text), "?")), " ")
}
