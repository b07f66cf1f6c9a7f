package admin

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"weir/admin/journal"
	"weir/rollout"
	"weir/route"
)

// Change is one entry of the audit over everything.
type Change struct {
	At      time.Time     `json:"at"`
	By      string        `json:"by,omitempty" doc:"A person, a token, or the proxy that led a rollout"`
	Via     string        `json:"via,omitempty" doc:"token, password, certificate or oidc; absent: nobody had to log in"`
	Client  string        `json:"client,omitempty" doc:"Address of the client"`
	Request string        `json:"request,omitempty" doc:"ID of the request"`
	Action  string        `json:"action" example:"put-weights" doc:"What was done; rollout where a rollout moved by itself"`
	Scope   string        `json:"scope" example:"service/web" doc:"service/NAME, route/KEY, policy/NAME or override/PATH"`
	Reason  string        `json:"reason,omitempty"`
	Before  any           `json:"before,omitempty" doc:"Absent: there was nothing"`
	After   any           `json:"after,omitempty" doc:"Absent: there is nothing"`
	Changes []AuditChange `json:"changes,omitempty" doc:"Of a rollout"`
}

type changesInput struct {
	Scope  string    `query:"scope" maxLength:"520" example:"service/web" doc:"Only of this scope"`
	By     string    `query:"by" maxLength:"300" doc:"Only by this author"`
	Limit  int       `query:"limit" minimum:"1" maximum:"1000" default:"100"`
	Before time.Time `query:"before" doc:"Only before this time: that of the last entry, to read on"`
}
type changesOutput struct {
	Body struct {
		Changes  []Change  `json:"changes" nullable:"false" doc:"Newest first"`
		Problems []Problem `json:"problems,omitempty" doc:"Entries that cannot be read"`
	}
}

func (a *Admin) registerAudit(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "list-changes", Method: http.MethodGet, Path: "/api/v1/audit", Tags: []string{"audit"}, Errors: []int{503},
		Summary: "Who changed what, and what rollouts did by themselves",
	}, a.changes)
}

func (a *Admin) changes(ctx context.Context, in *changesInput) (*changesOutput, error) {
	out := &changesOutput{}
	out.Body.Changes = []Change{}
	if a.Journal != nil {
		list, err := a.Journal.List(ctx)
		if err != nil {
			return nil, storeError("read", err)
		}
		for _, e := range list {
			in.add(&out.Body.Changes, changeOf(e))
		}
	}
	if a.Rollouts != nil {
		for _, r := range a.Rollouts.List() {
			if in.Scope != "" && in.Scope != r.Scope.String() {
				continue
			}
			list, problems, err := a.Rollouts.Audit(ctx, r.Scope)
			if err != nil {
				return nil, storeError("read", err)
			}
			out.Body.Problems = append(out.Body.Problems, problemsOf(problems)...)
			for _, e := range list {
				in.add(&out.Body.Changes, moveOf(r.Scope, e))
			}
		}
	}
	slices.SortStableFunc(out.Body.Changes, func(a, b Change) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.Scope, b.Scope)) })
	out.Body.Changes = out.Body.Changes[:min(in.Limit, len(out.Body.Changes))]
	return out, nil
}

// add adds an entry that is asked for.
func (in *changesInput) add(list *[]Change, c Change) {
	if (in.Scope == "" || in.Scope == c.Scope) && (in.By == "" || in.By == c.By) && (in.Before.IsZero() || c.At.Before(in.Before)) {
		*list = append(*list, c)
	}
}

func changeOf(e journal.Entry) Change {
	return Change{At: e.At, By: e.By, Via: e.Via, Client: e.Client, Request: e.Request, Action: e.Action, Scope: e.Scope,
		Reason: e.Reason, Before: anyOf(e.Before), After: anyOf(e.After)}
}

func anyOf(text json.RawMessage) any {
	if len(text) == 0 {
		return nil
	}
	return text
}

// moveOf is what a rollout or who commanded it has done.
func moveOf(s route.Scope, e rollout.Entry) Change {
	d := entryOf(e)
	c := Change{At: d.At, By: d.By, Action: "rollout", Scope: s.String(), Reason: d.Reason, Changes: d.Changes}
	if e.Command != nil {
		c.Action, c.Request = d.Command, e.Command.Request
	}
	return c
}
