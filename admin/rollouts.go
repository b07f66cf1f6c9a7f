package admin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"weir/rollout/controller"
	"weir/route"
	"weir/store"
)

type rolloutListOutput struct {
	Body struct {
		Rollouts []RolloutSummary `json:"rollouts" nullable:"false" doc:"Services first, by name"`
	}
}
type rolloutOutput struct {
	ETag string `header:"ETag" doc:"The generation"`
	Body Rollout
}
type historyOutput struct {
	Body struct {
		Rollouts []RolloutRecord `json:"rollouts" nullable:"false" doc:"Finished ones, the newest first"`
		Problems []Problem       `json:"problems,omitempty" doc:"Records that cannot be read"`
	}
}
type auditOutput struct {
	Body struct {
		Entries  []AuditEntry `json:"entries" nullable:"false" doc:"Oldest first"`
		Problems []Problem    `json:"problems,omitempty" doc:"Entries that cannot be read"`
	}
}

// ScopeInput names what a rollout is of.
type ScopeInput struct {
	Kind string `path:"kind" enum:"service,route"`
	Name string `path:"name" maxLength:"500" doc:"Service name; or route key, its slashes as they are or as %2F"`
}

func (in *ScopeInput) scope() route.Scope { return route.Scope{Kind: in.Kind, Name: in.Name} }

const rolloutPath = "/api/v1/rollouts/{kind}/{name}"

// registerRollouts adds what reads rollouts.
func (a *Admin) registerRollouts(api huma.API) {
	get := func(id, path, summary string, statuses ...int) huma.Operation {
		return huma.Operation{OperationID: id, Method: http.MethodGet, Path: path, Summary: summary, Tags: []string{"rollouts"}, Errors: statuses}
	}
	huma.Register(api, get("list-rollouts", "/api/v1/rollouts", "Where the rollouts are"), a.listRollouts)
	huma.Register(api, get("get-rollout", rolloutPath, "All that is known of a rollout", 404, 503), a.getRollout)
	huma.Register(api, get("get-history", rolloutPath+"/history", "Rollouts that are over", 404, 503), a.history)
	a.registerEvidence(api)
	huma.Register(api, get("get-audit", rolloutPath+"/audit", "Who changed what", 404, 503), a.audit)
}

func (a *Admin) listRollouts(context.Context, *struct{}) (*rolloutListOutput, error) {
	out := &rolloutListOutput{}
	out.Body.Rollouts = []RolloutSummary{}
	for _, r := range a.Rollouts.List() {
		out.Body.Rollouts = append(out.Body.Rollouts, summaryOf(r))
	}
	return out, nil
}

func (a *Admin) getRollout(ctx context.Context, in *ScopeInput) (*rolloutOutput, error) {
	r, ok := a.Rollouts.Get(in.scope())
	if !ok {
		return nil, a.unknownRollout(ctx, in.scope())
	}
	return &rolloutOutput{etag(r.Generation), a.rolloutOf(ctx, r)}, nil
}

// rolloutOf describes a rollout, with the evidence and this proxy's shares.
func (a *Admin) rolloutOf(ctx context.Context, r controller.Rollout) Rollout {
	state := describeRollout(r)
	found := a.find(r.Scope)
	state.Routes = found.shares()
	if a.Open != nil {
		report := a.Open()
		state.Open, state.Draining = found.open(report), found.draining(report)
	}
	if r.Candidate.Key == "" {
		return state
	}
	state.Isolated, state.Mirror = a.isolated(r), a.mirror(r)
	id, evidence, err := a.Rollouts.Evidence(ctx, r.Scope)
	switch {
	case errors.Is(err, store.ErrNotFound) || err == nil && id != r.ID:
	case err != nil && state.Problem == "":
		state.Problem = "the evidence cannot be read: " + err.Error()
	case err == nil:
		state.Verdict, state.Observed = verdictOf(evidence.Judge()), observe(evidence)
	}
	return state
}

// maxKnown is how many rollouts the answer about an unknown one names.
const maxKnown = 10

// unknownRollout is the 404 for a scope that nothing is known of. It tells why
// a policy that is there has not led to anything.
func (a *Admin) unknownRollout(ctx context.Context, s route.Scope) error {
	policies, err := a.Rollouts.Policies(ctx)
	if err != nil {
		return storeError("read", err)
	}
	for _, p := range policies {
		if p.Scope() == s && p.Problem == "" {
			text := fmt.Sprintf("policy %s is for %s, but no proxy has taken it up yet; try again in a few seconds", p.Name, s)
			return fail(PolicyNotTakenUp, text, params{"policy": p.Name, "scope": s.String()})
		}
	}
	text := (&controller.UnknownError{Scope: s}).Error()
	var known []string
	for i, r := range a.Rollouts.List() {
		if i == maxKnown {
			known = append(known, "…")
			break
		}
		known = append(known, r.Scope.String())
	}
	if known != nil {
		text += "; known are: " + strings.Join(known, ", ")
	}
	return fail(UnknownRollout, text, params{"scope": s.String()})
}

// RolloutConflict is the problem of a command that the state does not allow, or
// of one for a state that is not there any more (409).
type RolloutConflict struct {
	Failure
	Current RolloutSummary `json:"current" doc:"The rollout as it is now"`
}
