package admin

import (
	"context"
	"net/http"
	"os"
	"strings"
	"testing"

	"weir/rollout"
	"weir/rollout/controller"
	"weir/rollout/policy"
	"weir/rollout/verdict"
	"weir/route"
)

// TestTheSchemaIsServed compares what is served with what is published.
func TestTheSchemaIsServed(t *testing.T) {
	want, err := os.ReadFile("../docs/policy.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	r := serve(t, "").ask(t, http.MethodGet, "/api/v1/policies/schema", "")
	if r.status != http.StatusOK || r.body != string(want) || r.header.Get("Content-Type") != "application/schema+json" {
		t.Errorf("%d %s\n%s", r.status, r.header.Get("Content-Type"), r.body)
	}
}

// young is Rollouts with a policy that nobody has taken up yet.
type young struct{ Rollouts }

func (young) List() []controller.Rollout                 { return nil }
func (young) Get(route.Scope) (controller.Rollout, bool) { return controller.Rollout{}, false }
func (young) Policies(context.Context) ([]controller.Policy, error) {
	return []controller.Policy{{Name: "app", Policy: policy.Policy{Service: "app"}}}, nil
}

func TestAPolicyThatNobodyHasTakenUpIsSaid(t *testing.T) {
	h := serve(t, "", func(a *Admin) { a.Rollouts = young{a.Rollouts} })
	r := h.ask(t, http.MethodGet, "/api/v1/rollouts/service/app", "")
	if r.status != http.StatusNotFound || !strings.Contains(r.body, "policy app is for service/app, but") {
		t.Errorf("%d %s", r.status, r.body)
	}
}

// away is Rollouts whose store cannot be reached.
type away struct{ Rollouts }

func (away) History(context.Context, route.Scope) ([]rollout.Record, []route.Problem, error) {
	return nil, nil, errAway
}
func (away) Audit(context.Context, route.Scope) ([]rollout.Entry, []route.Problem, error) {
	return nil, nil, errAway
}
func (away) Evidence(context.Context, route.Scope) (string, *verdict.Evidence, error) {
	return "", nil, errAway
}
func (away) Command(context.Context, route.Scope, rollout.Command, uint64) (rollout.State, error) {
	return rollout.State{}, errAway
}
func (away) Policies(context.Context) ([]controller.Policy, error) { return nil, errAway }
func (away) Policy(context.Context, string) (controller.Policy, error) {
	return controller.Policy{}, errAway
}

func TestRolloutsWithoutTheirStore(t *testing.T) {
	h := serve(t, "", func(a *Admin) { a.Rollouts = away{a.Rollouts} })
	for request, body := range map[string]string{
		"GET /api/v1/rollouts/service/app":         "",
		"GET /api/v1/rollouts/service/app/history": "",
		"GET /api/v1/rollouts/service/app/audit":   "",
		"POST /api/v1/rollouts/service/app/abort":  "{}",
		"GET /api/v1/policies":                     "",
		"GET /api/v1/policies/app":                 "",
		"PUT /api/v1/policies/app":                 `{"text":"service: app"}`,
		"DELETE /api/v1/policies/app":              "",
	} {
		method, path, _ := strings.Cut(request, " ")
		r := h.ask(t, method, path, body)
		if r.status != http.StatusServiceUnavailable || !strings.Contains(r.body, errAway.Error()) {
			t.Errorf("%s: %d %s", request, r.status, r.body)
		}
	}
}
