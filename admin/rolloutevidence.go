package admin

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"weir/store"
)

type evidenceOutput struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}

// registerEvidence adds what "weir rollout analyze" judges again.
func (a *Admin) registerEvidence(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "get-evidence", Method: http.MethodGet, Path: rolloutPath + "/evidence", Tags: []string{"rollouts"}, Errors: []int{404, 503},
		Summary:     "What the rollout was judged by, as a recording",
		Description: "JSON lines: every round where this proxy leads and has a state.dir, else what the leader wrote last.",
		Responses: map[string]*huma.Response{"200": {
			Description: "The recording",
			Content:     map[string]*huma.MediaType{"application/jsonl": {Schema: &huma.Schema{Type: huma.TypeString}}},
		}},
	}, a.evidence)
}

func (a *Admin) evidence(ctx context.Context, in *ScopeInput) (*evidenceOutput, error) {
	text, err := a.Rollouts.Recording(ctx, in.scope())
	switch _, known := a.Rollouts.Get(in.scope()); {
	case errors.Is(err, store.ErrNotFound) && !known:
		return nil, a.unknownRollout(ctx, in.scope())
	case errors.Is(err, store.ErrNotFound):
		return nil, fail(NothingJudged, "no candidate of "+in.scope().String()+" has had a weight yet, so nothing was judged", params{"scope": in.scope().String()})
	case err != nil:
		return nil, storeError("read", err)
	}
	return &evidenceOutput{"application/jsonl", text}, nil
}
