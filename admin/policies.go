package admin

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"weir/rollout/controller"
	"weir/rollout/policy"
	"weir/route"
	"weir/store"
)

// Policy is a policy of the store, or of a file.
type Policy struct {
	Name     string `json:"name" example:"web"`
	Scope    string `json:"scope,omitempty" example:"service/web" doc:"service/NAME or route/KEY; absent where services name the policy in their meta"`
	Strategy string `json:"strategy,omitempty" example:"canary"`
	File     string `json:"file,omitempty" example:"/etc/weir/policies/web.hcl" doc:"Of the proxy that answers, where the policy is; absent: it is in the store. It is changed in the file only."`
	Index    uint64 `json:"index" doc:"Of the last write; 0 where there is none. A PUT with another index is refused. Of a policy in a file: of one of the same name in the store, which does not count"`
	Problem  string `json:"problem,omitempty" doc:"Why it has no effect"`
	Stale    string `json:"stale,omitempty" doc:"Why the file as it is now does not count; the last good text does"`
	Text     string `json:"text" doc:"As it was put or is in the file, in YAML, JSON or HCL"`
}

// PolicyState is a policy and what it comes to.
type PolicyState struct {
	Policy
	Effective any `json:"effective,omitempty" doc:"With all that the text leaves out, as /api/v1/policies/schema describes it"`
}

// PolicyInput is the body of PUT.
type PolicyInput struct {
	Text  string  `json:"text" maxLength:"65536" example:"service: web" doc:"In YAML, JSON or HCL, which the text itself tells, as /api/v1/policies/schema describes it"`
	Index *uint64 `json:"index,omitempty" doc:"The index that was read, 0 for none; absent: replace what is there"`
}

// PolicyConflict is the problem of a write whose index is not current, or of a
// policy that is in a file (409).
type PolicyConflict struct {
	Failure
	Current Policy `json:"current" doc:"What is there now, and its index"`
}

type policyListOutput struct {
	Body struct {
		Policies []Policy `json:"policies" nullable:"false" doc:"By name"`
	}
}
type policyStateOutput struct {
	ETag string `header:"ETag"`
	Body PolicyState
}
type policyOutput struct {
	ETag string `header:"ETag"`
	Body Policy
}
type schemaOutput struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}

// NameInput names a policy.
type NameInput struct {
	Name string `path:"name" maxLength:"200"`
}
type putPolicyInput struct {
	NameInput
	MatchInput
	Body PolicyInput
}
type deletePolicyInput struct {
	NameInput
	MatchInput
	Index uint64 `query:"index" doc:"The index that was read; absent: remove what is there"`
}

func (a *Admin) registerPolicies(api huma.API) {
	operation := func(id, method, path, summary string, statuses ...int) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: "/api/v1/policies" + path, MaxBodyBytes: 256 << 10,
			Summary: summary, Tags: []string{"policies"}, Errors: statuses}
	}
	write := func(o huma.Operation) huma.Operation {
		o.Responses = conflictResponse[PolicyConflict](api, changedSince+", or the policy is in a file")
		return o
	}
	huma.Register(api, operation("list-policies", http.MethodGet, "", "All policies", 503), a.listPolicies)
	huma.Register(api, operation("get-policy", http.MethodGet, "/{name}", "A policy", 400, 404, 503), a.getPolicy)
	huma.Register(api, write(operation("put-policy", http.MethodPut, "/{name}", "Write a policy, which counts from the next rollout on", 400, 503)), a.putPolicy)
	huma.Register(api, write(operation("delete-policy", http.MethodDelete, "/{name}", "Remove a policy; a rollout under way goes on by it", 400, 404, 503)), a.deletePolicy)
	huma.Register(api, operation("plan-policy", http.MethodPost, ":plan", "What a policy comes to, without writing it", 400), a.planPolicy)
	schema := operation("get-policy-schema", http.MethodGet, "/schema", "JSON Schema of policies")
	schema.Responses = map[string]*huma.Response{"200": {
		Description: "The schema",
		Content:     map[string]*huma.MediaType{"application/schema+json": {Schema: &huma.Schema{Type: huma.TypeObject}}},
	}}
	huma.Register(api, schema, func(context.Context, *struct{}) (*schemaOutput, error) {
		text, err := policy.Schema()
		return &schemaOutput{"application/schema+json", text}, err
	})
}

func (a *Admin) listPolicies(ctx context.Context, _ *struct{}) (*policyListOutput, error) {
	all, err := a.Rollouts.Policies(ctx)
	if err != nil {
		return nil, storeError("read", err)
	}
	out := &policyListOutput{}
	out.Body.Policies = []Policy{}
	for _, p := range all {
		out.Body.Policies = append(out.Body.Policies, policyOf(p))
	}
	return out, nil
}

func (a *Admin) getPolicy(ctx context.Context, in *NameInput) (*policyStateOutput, error) {
	p, err := a.currentPolicy(ctx, in.Name)
	if err == nil && p.Index == 0 && p.File == "" {
		err = unknownPolicy(in.Name)
	}
	if err != nil {
		return nil, err
	}
	out := &policyStateOutput{etag(p.Index), PolicyState{Policy: policyOf(p)}}
	if p.Problem == "" {
		out.Body.Effective = p.Policy
	}
	return out, nil
}

func unknownPolicy(name string) error {
	return fail(UnknownPolicy, fmt.Sprintf("there is no policy %q", name), params{"name": name})
}

func policyOf(p controller.Policy) Policy {
	d := Policy{Name: p.Name, Strategy: string(p.Strategy), File: p.File, Index: p.Index, Problem: p.Problem, Stale: p.Stale, Text: p.Text}
	if s := p.Scope(); s != (route.Scope{}) {
		d.Scope = s.String()
	}
	return d
}

// currentPolicy is the policy of that name, with index 0 where there is none.
func (a *Admin) currentPolicy(ctx context.Context, name string) (controller.Policy, error) {
	p, err := a.Rollouts.Policy(ctx, name)
	var bad *controller.NameError
	switch {
	case errors.Is(err, store.ErrNotFound):
		return controller.Policy{Name: name}, nil
	case errors.As(err, &bad):
		return p, badValue("name", name, err.Error())
	case err != nil:
		return p, storeError("read", err)
	}
	return p, nil
}
