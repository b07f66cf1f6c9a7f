package admin

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"weir/admin/auth"
	"weir/route"
)

// CutoverInput is the body of POST /api/v1/cutover.
type CutoverInput struct {
	Scope   string  `json:"scope" maxLength:"510" example:"service/web" doc:"service/NAME or route/KEY"`
	Variant string  `json:"variant" maxLength:"200" example:"green" doc:"Gets everything; all others get nothing"`
	By      string  `json:"by,omitempty" maxLength:"100" doc:"Author"`
	Reason  string  `json:"reason,omitempty" maxLength:"500"`
	Index   *uint64 `json:"index,omitempty" doc:"The index of the weights that was read, 0 for none; absent: replace what is there"`
}

type cutoverInput struct {
	MatchInput
	Body CutoverInput
}

func (a *Admin) registerCutover(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "cutover", Method: http.MethodPost, Path: "/api/v1/cutover", MaxBodyBytes: 64 << 10,
		Summary:     "Give one variant everything, in one write",
		Description: "The answer's previous is what to PUT, or to DELETE when its index is 0, to undo it.",
		Tags:        []string{"weights"}, Errors: []int{400, 404, 503}, Responses: conflictResponse[Conflict](api, changedSince),
	}, a.cutover)
}

func (a *Admin) cutover(ctx context.Context, in *cutoverInput) (*writtenOutput, error) {
	s, err := route.ParseScope(in.Body.Scope)
	if err != nil {
		return nil, badValue("scope", in.Body.Scope, err.Error())
	}
	found := a.find(s)
	if !found.known() {
		return nil, a.unknown(s)
	}
	if err := a.mayChange(ctx, auth.Operator, s); err != nil {
		return nil, err
	}
	if !slices.Contains(found.variants, in.Body.Variant) {
		return nil, badValue("variant", in.Body.Variant, unknownVariant(in.Body.Variant, found.variants))
	}
	shares := map[string]route.Weight{}
	for _, v := range found.variants {
		shares[v] = 0
	}
	shares[in.Body.Variant] = route.Full
	index, err := in.index(in.Body.Index)
	if err != nil {
		return nil, err
	}
	out, err := a.write(ctx, route.Intent{Scope: s, Shares: shares, By: authorOf(ctx, in.Body.By), Reason: in.Body.Reason}, index)
	return out, atHeader(in.IfMatch, err)
}
