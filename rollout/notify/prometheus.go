package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"weir/rollout"
	"weir/rollout/policy"
)

// query asks Prometheus once. A query that gives no value, or several, or NaN,
// is no answer: there may be no traffic yet.
func (g *Gates) query(ctx context.Context, q *policy.Prometheus) (rollout.Said, error) {
	form := url.Values{"query": {q.Query}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(q.URL, "/")+"/api/v1/query", strings.NewReader(form.Encode()))
	if err != nil {
		return rollout.Said{}, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	status, text, err := send(g.client, req)
	if err != nil {
		return rollout.Said{}, err
	}
	value, err := readValue(text)
	switch {
	case err != nil && status != http.StatusOK:
		return rollout.Said{}, fmt.Errorf("%d %s: %w", status, http.StatusText(status), err)
	case err != nil:
		return rollout.Said{}, err
	case q.Min != nil && value < *q.Min:
		return rollout.Said{Answer: policy.No, Message: fmt.Sprintf("%g is below min %g", value, *q.Min)}, nil
	case q.Max != nil && value > *q.Max:
		return rollout.Said{Answer: policy.No, Message: fmt.Sprintf("%g is above max %g", value, *q.Max)}, nil
	}
	return rollout.Said{Answer: policy.Yes, Message: fmt.Sprintf("%g", value)}, nil
}

// sample is [time, "value"].
type sample [2]any

// readValue reads the one number of an answer of Prometheus, which is a scalar
// or a vector of one.
func readValue(text []byte) (float64, error) {
	var answer struct {
		Status, Error string
		Data          struct {
			ResultType string
			Result     json.RawMessage
		}
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return 0, fmt.Errorf("not an answer of Prometheus: %q", shorten(text))
	}
	if answer.Status != "success" {
		return 0, fmt.Errorf("prometheus: %s", shorten([]byte(answer.Error)))
	}
	var one sample
	var err error
	switch answer.Data.ResultType {
	case "scalar":
		err = json.Unmarshal(answer.Data.Result, &one)
	case "vector":
		var list []struct{ Value sample }
		if err = json.Unmarshal(answer.Data.Result, &list); err == nil && len(list) != 1 {
			return 0, fmt.Errorf("the query gives %d values, want one", len(list))
		}
		if err == nil {
			one = list[0].Value
		}
	default:
		return 0, fmt.Errorf("the query gives a %s, want a number or a vector of one", answer.Data.ResultType)
	}
	if err != nil {
		return 0, fmt.Errorf("the result is not what Prometheus has: %w", err)
	}
	said, _ := one[1].(string)
	value, err := strconv.ParseFloat(said, 64)
	if err != nil || math.IsNaN(value) {
		return 0, fmt.Errorf("the query gives %q, want a number", said)
	}
	return value, nil
}
