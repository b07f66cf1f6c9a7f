package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"weir/admin"
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
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("%s%s does not answer as weir's admin API: %w", c.base(), path, err)
	}
	return nil
}

// send returns the body of a good answer.
func (c *cli) send(ctx context.Context, method, path string, body io.Reader) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, c.base()+path, body)
	if err != nil {
		return nil, fmt.Errorf("--admin: %w", err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true}
	resp, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return nil, c.unreachable(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, c.unreachable(err)
	}
	if resp.StatusCode != http.StatusOK {
		return nil, refused(resp, answer)
	}
	return answer, nil
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
	return fmt.Errorf("cannot reach weir at %s: %w\nIs it running? Another address is named by --admin or WEIR_ADMIN", c.base(), err)
}

// refused makes an error of an answer that is not good.
func refused(resp *http.Response, answer []byte) error {
	var problem admin.Conflict // an ordinary problem, and what is there on a conflict
	if json.Unmarshal(answer, &problem) != nil || problem.Detail == "" {
		return fmt.Errorf("%s answers %s: %s", resp.Request.URL, resp.Status, strings.TrimSpace(string(answer)))
	}
	if resp.StatusCode == http.StatusConflict {
		return fmt.Errorf("%s\nNow: %s\nTo change that, run it again with --index %d",
			problem.Detail, describe(problem.Current, time.Now()), problem.Current.Index)
	}
	lines := []string{problem.Detail}
	for _, e := range problem.Errors {
		if !strings.Contains(problem.Detail, e.Message) {
			lines = append(lines, "  "+e.Location+": "+e.Message)
		}
	}
	return errors.New(strings.Join(lines, "\n"))
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
