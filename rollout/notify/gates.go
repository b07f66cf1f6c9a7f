package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"weir/rollout"
	"weir/rollout/policy"
)

// Gates implements controller.Gates. Use NewGates.
type Gates struct {
	secret string
	client *http.Client
	again  time.Duration // between two tries
}

// NewGates makes gates; with a secret what webhooks are sent is signed.
func NewGates(secret string) *Gates {
	return &Gates{secret: secret, client: newClient(), again: 2 * time.Second}
}

// Close ends connections that are idle.
func (g *Gates) Close() error {
	g.client.CloseIdleConnections()
	return nil
}

// Ask implements controller.Gates. A webhook says yes with 200 to 299, and no
// with another answer below 500, unless that says that the question did not
// come through: redirects, 401, 404, 405, 407, 408, 425 and 429. What is no
// answer is asked again until ctx ends.
func (g *Gates) Ask(ctx context.Context, s rollout.State, gate policy.Gate) (rollout.Said, error) {
	for {
		said, err := g.try(ctx, &s, &gate)
		if err == nil {
			return said, nil
		}
		if !pause(ctx, g.again) {
			return rollout.Said{}, fmt.Errorf("gate %s: %w", gate.Name, err)
		}
	}
}

func (g *Gates) try(ctx context.Context, s *rollout.State, gate *policy.Gate) (rollout.Said, error) {
	if gate.Prometheus != nil {
		return g.query(ctx, gate.Prometheus)
	}
	m := describe(s)
	m.Gate = gate.Name
	m.ID = fmt.Sprintf("%s#%s#%d", s.Scope, s.ID, m.Step)
	m.Text = fmt.Sprintf("%s: may %s go on from step %d of %d?", s.Scope, s.Candidate.Key, m.Step, m.Steps)
	body, err := json.Marshal(m)
	if err != nil {
		return rollout.Said{}, err
	}
	status, answer, err := post(ctx, g.client, gate.Webhook, g.secret, body)
	switch {
	case err != nil:
		return rollout.Said{}, err
	case status >= 200 && status <= 299:
		return rollout.Said{Answer: policy.Yes, Message: answer}, nil
	case status < 400 || status > 499 || cameNotThrough(status):
		return rollout.Said{}, fmt.Errorf("%d %s: %s", status, http.StatusText(status), answer)
	}
	return rollout.Said{Answer: policy.No, Message: fmt.Sprintf("%d %s%s", status, http.StatusText(status), prefixed(": ", answer))}, nil
}

func cameNotThrough(status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusProxyAuthRequired,
		http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	}
	return false
}
