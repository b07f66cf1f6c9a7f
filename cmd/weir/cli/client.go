package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/spf13/cobra"

	"weir/admin"
	"weir/cmd/weir/output"
	"weir/route"
)

// timeout bounds one request; a write waits up to two seconds for the table.
const timeout = 15 * time.Second

// maxAnswer bounds an answer in bytes.
const maxAnswer = 256 << 20

// call sends in as JSON, if there is any, and decodes the answer into out.
func (c *cli) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(b)
	}
	answer, err := c.send(ctx, method, path, body)
	if err != nil {
		return err
	}
	return c.decode(path, answer, out)
}

// decode reads the answer at path into out.
func (c *cli) decode(path string, answer []byte, out any) error {
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("%s%s does not answer as weir's admin API: %w", c.base(), path, err)
	}
	return nil
}

// read prints what is at path: as data just what the API answers, else as people
// prints it.
func read[T any](c *cli, command *cobra.Command, path string, format *output.Format, people func(T) error) error {
	answer, err := c.send(command.Context(), http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	if !json.Valid(answer) {
		return c.decode(path, answer, new(T)) // says what is wrong
	}
	return format.Print(command.OutOrStdout(), json.RawMessage(answer), func() error {
		var t T
		if err := c.decode(path, answer, &t); err != nil {
			return err
		}
		return people(t)
	})
}

// send returns the body of a good answer.
func (c *cli) send(ctx context.Context, method, path string, body io.Reader) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	resp, err := c.open(ctx, method, path, body, nil)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, c.unreachable(err)
	}
	return answer, nil
}

// open sends a request and returns a good answer, whose body the caller closes.
func (c *cli) open(ctx context.Context, method, path string, body io.Reader, header http.Header) (*http.Response, error) {
	t, err := c.target()
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, method, t.base+path, body)
	if err != nil {
		return nil, fmt.Errorf("--admin: %w", err)
	}
	maps.Copy(req.Header, header)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if t.token != "" {
		req.Header.Set("Authorization", "Bearer "+t.token)
	}
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true, TLSClientConfig: t.tls}
	resp, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return nil, c.unreachable(err)
	}
	if resp.StatusCode == http.StatusOK {
		return resp, nil
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, c.unreachable(err)
	}
	return nil, refused(resp, answer)
}

// unreachable says where nobody answered and how to name another place.
func (c *cli) unreachable(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		err = errors.New("connection refused")
	}
	return fmt.Errorf("%w at %s: %w\nIs it running? Another address is named by --admin, WEIR_ADMIN or a context", errUnreachable, c.base(), err)
}

// errUnreachable begins the error of a call that nobody has answered.
var errUnreachable = errors.New("cannot reach weir")

// problem is what the API says of what it refuses, and on a conflict what is
// there.
type problem struct {
	huma.ErrorModel
	Current json.RawMessage `json:"current"`
}

// refused makes an error of an answer that is not good.
func refused(resp *http.Response, answer []byte) error {
	var p problem
	if json.Unmarshal(answer, &p) != nil || p.Detail == "" {
		return fmt.Errorf("%s answers %s: %s", resp.Request.URL, resp.Status, strings.TrimSpace(string(answer)))
	}
	lines := []string{p.Detail}
	if resp.StatusCode == http.StatusUnauthorized {
		lines = append(lines, "WEIR_TOKEN or a context has the token to log in with; weir token makes one")
	}
	if resp.StatusCode == http.StatusConflict {
		lines = append(lines, now(resp.Request.URL.Path, p.Current)...)
	}
	for _, e := range p.Errors {
		if !strings.Contains(p.Detail, e.Message) {
			lines = append(lines, "  "+e.Location+": "+e.Message)
		}
	}
	return errors.New(output.Clean(strings.Join(lines, "\n"), "\n"))
}

// now tells what is there instead of what a write at this path has expected.
func now(path string, current json.RawMessage) []string {
	if strings.Contains(path, "/api/v1/rollouts/") {
		var r admin.RolloutSummary
		if json.Unmarshal(current, &r) != nil {
			return nil
		}
		return []string{"Now: " + brief(r), nextOf(r)}
	}
	var text string
	var index uint64
	if strings.HasSuffix(path, "/api/v1/override") {
		var o admin.OverrideText
		_ = json.Unmarshal(current, &o) // else it is said to be empty
		text, index = fmt.Sprintf("%d bytes, index %d", len(o.Text), o.Index), o.Index
	} else if strings.Contains(path, "/api/v1/policies/") {
		var p admin.Policy
		_ = json.Unmarshal(current, &p) // else it is said to be gone
		if p.File != "" {
			return nil // the message says what to change
		}
		text, index = describePolicy(p), p.Index
	} else {
		var w admin.Weights
		_ = json.Unmarshal(current, &w)
		text, index = describe(w, time.Now()), w.Index
	}
	return []string{"Now: " + text, fmt.Sprintf("To change that, run it again with --index %d", index)}
}

// query is "?name=value", or nothing where there is no value.
func query(name, value string) string {
	if value == "" {
		return ""
	}
	return "?" + url.Values{name: {value}}.Encode()
}

// weightsPath is the path of a scope's weights.
func weightsPath(s route.Scope) string {
	return "/api/v1/weights/" + s.Kind + "/" + url.PathEscape(s.Name)
}

func (c *cli) getRoutes(ctx context.Context) (list admin.RouteList, err error) {
	return list, c.call(ctx, http.MethodGet, "/api/v1/routes", nil, &list)
}

func (c *cli) getWeights(ctx context.Context, s route.Scope) (state admin.WeightsState, err error) {
	return state, c.call(ctx, http.MethodGet, weightsPath(s), nil, &state)
}

// rolloutPath is the path of a scope's rollout.
func rolloutPath(s route.Scope) string {
	return "/api/v1/rollouts/" + s.Kind + "/" + url.PathEscape(s.Name)
}

func (c *cli) getRollouts(ctx context.Context) ([]admin.RolloutSummary, error) {
	var list rolloutList
	err := c.call(ctx, http.MethodGet, "/api/v1/rollouts", nil, &list)
	return list.Rollouts, err
}

func (c *cli) getRollout(ctx context.Context, s route.Scope) (r admin.Rollout, err error) {
	return r, c.call(ctx, http.MethodGet, rolloutPath(s), nil, &r)
}
