//go:build browser

package browser

import (
	"errors"
	"fmt"
	"testing"

	"weir/admin"
	"weir/internal/testenv"
)

const policyText = `service: %s
detect: {stabilise: 1s}
steps:
- set_weight: 10%%
- pause: {}
- set_weight: 50%%
- pause: {}
- set_weight: 100%%
- promote: {}
`

// underPolicy is a service of one version with traffic that a policy controls.
func underPolicy(t *testing.T, name string) *world {
	t.Helper()
	w := start(t)
	w.run(name, "v1")
	w.routes(1, 1)
	w.policy(name)
	w.traffic(name, 100)
	return w
}

// policy puts a service under a policy and waits until its version is stable.
func (w *world) policy(service string) {
	w.t.Helper()
	w.put("/api/v1/policies/"+service, map[string]string{"text": fmt.Sprintf(policyText, service)}, &admin.Policy{})
	testenv.Eventually(w.t, within, func() error {
		var r admin.Rollout
		err := w.api("GET", "/api/v1/rollouts/service/"+service, "", &r)
		if err == nil && (r.Phase != "healthy" || r.Stable == nil) {
			err = errors.New("is " + r.Phase + ", want healthy")
		}
		return err
	})
}

// TestARolloutIsPromoted by buttons, from the first sight of a version to the
// end, and undone.
func TestARolloutIsPromoted(t *testing.T) {
	w := underPolicy(t, "web")
	w.browse("rollout", map[string]any{"service": "web"}, cues{"v2": func() { w.run("web", "v2") }})
}

// TestARolloutIsAborted with a reason that everybody can read afterwards.
func TestARolloutIsAborted(t *testing.T) {
	w := underPolicy(t, "web")
	w.browse("abort", map[string]any{"service": "web"}, cues{"v2": func() { w.run("web", "v2") }})
}

// TestARolloutIsTakenOver: its weight is set by hand and released, a step is chosen, and
// a version to go back to.
func TestARolloutIsTakenOver(t *testing.T) {
	w := underPolicy(t, "web")
	w.run("web", "v2")
	w.browse("verbs", map[string]any{"service": "web"}, nil)
}
