package admin

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"weir/admin/auth"
	"weir/intent"
	"weir/route"
)

// Weights is what is asked for a service or route.
type Weights struct {
	Scope   string                  `json:"scope" example:"service/web" doc:"service/NAME or route/KEY"`
	Shares  map[string]route.Weight `json:"shares" example:"{\"canary\":\"25%\"}" doc:"By variant; empty where nothing is asked and the tags count. Variants that are not named get what is left."`
	By      string                  `json:"by,omitempty" example:"alice"`
	Reason  string                  `json:"reason,omitempty" example:"v1.0.2 looks good"`
	At      time.Time               `json:"at,omitzero" doc:"When it was asked"`
	Expires time.Time               `json:"expires,omitzero" doc:"After that the tags count again; absent: never"`
	Expired bool                    `json:"expired,omitempty"`
	Index   uint64                  `json:"index" doc:"Of the last write; 0 where nothing is asked. A PUT with another index is refused."`
}

// WeightsState is what is asked for a scope and what its routes make of it.
type WeightsState struct {
	Weights
	Routes []RouteShares `json:"routes" nullable:"false" doc:"Of this proxy's table, now"`
}

// RouteShares is a route and what its variants get.
type RouteShares struct {
	Key      string  `json:"key" example:"app.example.com/"`
	Variants []Share `json:"variants" nullable:"false" doc:"Candidates first, stable last"`
}

// WeightsWritten is the answer to a write.
type WeightsWritten struct {
	WeightsState
	Previous Weights `json:"previous" doc:"What was asked before; its index is 0 where nothing was"`
	DryRun   bool    `json:"dry_run,omitempty" doc:"Nothing was changed: routes are as they would be"`
	Applied  bool    `json:"applied" doc:"This proxy's routing table has it already; if false it follows shortly"`
}

// WeightsInput is the body of PUT.
type WeightsInput struct {
	Shares  map[string]ShareText `json:"shares" maxProperties:"100"`
	By      string               `json:"by,omitempty" maxLength:"100" doc:"Author"`
	Reason  string               `json:"reason,omitempty" maxLength:"500"`
	For     string               `json:"for,omitempty" maxLength:"50" example:"1h30m" doc:"How long the weights hold, as a duration"`
	Expires *time.Time           `json:"expires,omitempty" doc:"Until when they hold, in place of for"`
	Index   *uint64              `json:"index,omitempty" doc:"The index that was read, 0 for none; absent: replace what is there"`
}

type weightsListOutput struct {
	Body struct {
		Weights []Weights `json:"weights" nullable:"false"`
	}
}
type weightsOutput struct {
	ETag string `header:"ETag"`
	Body WeightsState
}
type writtenOutput struct {
	ETag string `header:"ETag"`
	Body WeightsWritten
}

type getInput struct {
	Name string `path:"name" maxLength:"500" doc:"Service name; or route key, its slashes as they are or as %2F"`
}
type putInput struct {
	Name string `path:"name" maxLength:"500" doc:"Service name; or route key, its slashes as they are or as %2F"`
	MatchInput
	Body WeightsInput
}
type deleteInput struct {
	MatchInput
	Name  string `path:"name" maxLength:"500" doc:"Service name; or route key, its slashes as they are or as %2F"`
	Index uint64 `query:"index" doc:"The index that was read; absent: remove what is there"`
}

func (a *Admin) registerWeights(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "list-weights", Method: http.MethodGet, Path: "/api/v1/weights",
		Summary: "All weights that are asked for", Tags: []string{"weights"}, Errors: []int{503},
	}, a.listWeights)
	for _, kind := range []string{"service", "route"} {
		path := "/api/v1/weights/" + kind + "/{name}"
		huma.Register(api, huma.Operation{
			OperationID: "get-" + kind + "-weights", Method: http.MethodGet, Path: path,
			Summary: "Weights of a " + kind + ", and its routes", Tags: []string{"weights"}, Errors: []int{404, 503},
		}, func(ctx context.Context, in *getInput) (*weightsOutput, error) {
			return a.getWeights(ctx, route.Scope{Kind: kind, Name: in.Name})
		})
		huma.Register(api, huma.Operation{
			OperationID: "put-" + kind + "-weights", Method: http.MethodPut, Path: path, MaxBodyBytes: 64 << 10,
			Summary: "Ask for weights of a " + kind, Tags: []string{"weights"}, Errors: []int{400, 404, 503},
			Responses: conflictResponse[Conflict](api, changedSince),
		}, func(ctx context.Context, in *putInput) (*writtenOutput, error) {
			index, err := in.index(in.Body.Index)
			if err != nil {
				return nil, err
			}
			in.Body.Index = index
			out, err := a.putWeights(ctx, route.Scope{Kind: kind, Name: in.Name}, in.Body)
			return out, atHeader(in.IfMatch, err)
		})
		huma.Register(api, huma.Operation{
			OperationID: "delete-" + kind + "-weights", Method: http.MethodDelete, Path: path,
			Summary: "Let the tags of a " + kind + " count again", Tags: []string{"weights"}, Errors: []int{404, 503},
			Responses: conflictResponse[Conflict](api, changedSince),
		}, func(ctx context.Context, in *deleteInput) (*writtenOutput, error) {
			index, err := in.index(nonZero(in.Index))
			if err != nil {
				return nil, err
			}
			out, err := a.deleteWeights(ctx, route.Scope{Kind: kind, Name: in.Name}, index)
			return out, atHeader(in.IfMatch, err)
		})
	}
}

func (a *Admin) listWeights(ctx context.Context, _ *struct{}) (*weightsListOutput, error) {
	entries, _, err := a.Intents.List(ctx) // what cannot be read is among the table's problems
	if err != nil {
		return nil, storeError("read", err)
	}
	out := &weightsListOutput{}
	out.Body.Weights = []Weights{}
	for _, e := range entries {
		out.Body.Weights = append(out.Body.Weights, weightsOf(e))
	}
	return out, nil
}

func (a *Admin) getWeights(ctx context.Context, s route.Scope) (*weightsOutput, error) {
	found := a.find(s)
	current, err := a.current(ctx, s)
	if err != nil {
		return nil, err
	}
	if !found.known() && current.Index == 0 {
		return nil, a.unknown(s)
	}
	return &weightsOutput{etag(current.Index), WeightsState{weightsOf(current), found.shares()}}, nil
}

func (a *Admin) putWeights(ctx context.Context, s route.Scope, in WeightsInput) (*writtenOutput, error) {
	found := a.find(s)
	if !found.known() {
		return nil, a.unknown(s)
	}
	if err := a.mayChange(ctx, auth.Operator, s); err != nil {
		return nil, err
	}
	shares, err := parseShares(in.Shares, found.variants)
	if err != nil {
		return nil, err
	}
	expires, err := in.expires(time.Now())
	if err != nil {
		return nil, err
	}
	return a.write(ctx, route.Intent{Scope: s, Shares: shares, By: authorOf(ctx, in.By), Reason: in.Reason, Expires: expires}, in.Index)
}

// weightsOf shows a stored intent.
func weightsOf(e intent.Entry) Weights {
	w := Weights{
		Scope: e.Scope.String(), Shares: e.Shares, By: e.By, Reason: e.Reason,
		At: e.At, Expires: e.Expires, Index: e.Index,
		Expired: !e.Expires.IsZero() && !e.Expires.After(time.Now()),
	}
	if w.Shares == nil {
		w.Shares = map[string]route.Weight{}
	}
	return w
}
