package admin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"weir/admin/auth"
	"weir/route"
	"weir/store"
)

// OverrideText is an operators' text in the route command language.
type OverrideText struct {
	Path  string `json:"path" example:"/canary" doc:"Below the registry's KV path; empty: at it"`
	Text  string `json:"text" example:"route weight web web.test/ weight 0.1" doc:"A command a line"`
	Index uint64 `json:"index" doc:"Of the last write; 0 where there is none"`
}

// OverrideWritten is the answer to a write.
type OverrideWritten struct {
	OverrideText
	DryRun bool `json:"dry_run,omitempty" doc:"Nothing was changed"`
}

// OverrideInput is the body of PUT.
type OverrideInput struct {
	Text   string  `json:"text" maxLength:"524288"`
	Index  *uint64 `json:"index,omitempty" doc:"The index that was read, 0 for none; absent: replace what is there"`
	By     string  `json:"by,omitempty" maxLength:"100" doc:"Author"`
	Reason string  `json:"reason,omitempty" maxLength:"500"`
}

// OverrideConflict is the problem of a write whose index is not current (409).
type OverrideConflict struct {
	Failure
	Current OverrideText `json:"current" doc:"What is there now, and its index"`
}

type overridesOutput struct {
	Body struct {
		Paths []string `json:"paths" nullable:"false" doc:"Of the texts that there are"`
	}
}

// PathInput names a text.
type PathInput struct {
	Path string `query:"path" maxLength:"500" pattern:"^(/[^/]+)*$" example:"/canary" doc:"Below the registry's KV path; absent: at it"`
}
type overrideOutput struct {
	ETag string `header:"ETag"`
	Body OverrideText
}
type putOverrideInput struct {
	PathInput
	MatchInput
	Body OverrideInput
}
type overrideWrittenOutput struct {
	ETag string `header:"ETag"`
	Body OverrideWritten
}

func (a *Admin) registerOverrides(api huma.API) {
	operation := func(id, method, path, summary string, statuses ...int) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: "/api/v1/" + path, MaxBodyBytes: maxBody, Summary: summary, Tags: []string{"overrides"}, Errors: statuses}
	}
	huma.Register(api, operation("list-overrides", http.MethodGet, "overrides", "Texts in the route command language", 403, 503), func(ctx context.Context, _ *struct{}) (*overridesOutput, error) {
		out := &overridesOutput{}
		paths, err := a.paths(ctx)
		if err != nil {
			err = storeError("read", err)
		}
		out.Body.Paths = append([]string{}, paths...)
		return out, err
	})
	huma.Register(api, operation("get-override", http.MethodGet, "override", "One of these texts", 403, 503), func(ctx context.Context, in *PathInput) (*overrideOutput, error) {
		o, err := a.override(ctx, in.Path)
		return &overrideOutput{etag(o.Index), o}, err
	})
	put := operation("put-override", http.MethodPut, "override", "Write a text, unless a line of it could never have an effect", 400, 403, 501, 503)
	put.Responses = conflictResponse[OverrideConflict](api, changedSince)
	huma.Register(api, put, a.putOverride)
}

// override reads a text, which is empty where there is none.
func (a *Admin) override(ctx context.Context, path string) (OverrideText, error) {
	if key, below := strings.CutPrefix(path, "/"); below {
		if err := store.Check(key, nil); err != nil {
			return OverrideText{}, badValue("path", path, err.Error())
		}
	}
	text, index, err := a.readManual(ctx, path)
	if err != nil {
		err = storeError("read", err)
	}
	return OverrideText{path, text, index}, err
}

func (a *Admin) putOverride(ctx context.Context, in *putOverrideInput) (*overrideWrittenOutput, error) {
	if a.Overrides == nil {
		return nil, fail(NoOverrides, noOverrides, nil)
	}
	index, err := in.index(in.Body.Index)
	if err == nil {
		err = checkText(route.Intent{By: in.Body.By, Reason: in.Body.Reason})
	}
	if err != nil {
		return nil, err
	}
	w, err := a.writeOverride(ctx, OverrideText{Path: in.Path, Text: in.Body.Text}, index, authorOf(ctx, in.Body.By), in.Body.Reason)
	return &overrideWrittenOutput{etag(w.Index), w}, atHeader(in.IfMatch, err)
}

// writeOverride checks a text and writes it against the index that the client
// read; nil is any. An index that is not current is told first: who edits an old
// text has to look again whatever it says.
func (a *Admin) writeOverride(ctx context.Context, o OverrideText, index *uint64, by, reason string) (w OverrideWritten, err error) {
	if err := may(ctx, auth.Operator, "override texts, which are about all services"); err != nil {
		return w, err
	}
	before, err := a.override(ctx, o.Path)
	switch {
	case err != nil:
		return w, err
	case !isCurrent(index, before.Index):
		return w, overrideConflict(index, before)
	}
	if bad := a.checkManual(o.Path, o.Text); bad != nil {
		return w, bad
	}
	w.OverrideText, w.Index = o, before.Index
	if w.DryRun = askerOf(ctx).dry; w.DryRun {
		return w, nil
	}
	err = a.Overrides.Write(ctx, o.Path, o.Text, before.Index)
	if is := (*store.ConflictError)(nil); errors.As(err, &is) {
		return w, overrideConflict(index, before)
	}
	if err != nil {
		return w, storeError("write", err)
	}
	c := change{action: "put-override", scope: "override" + o.Path, by: by, reason: reason, after: w.OverrideText}
	if before.Index != 0 {
		c.before = before
	}
	a.record(ctx, c)
	w.OverrideText, err = a.override(ctx, o.Path)
	return w, err
}

func overrideConflict(given *uint64, now OverrideText) error {
	text := fmt.Sprintf("the text %q was changed by someone else: it is at index %d", now.Path, now.Index)
	return &OverrideConflict{*changed("override"+now.Path, given, now.Index, text), now}
}

// checkManual lists the lines of a text that could never have an effect; nil
// when it is good.
func (a *Admin) checkManual(path, text string) error {
	bad := route.CheckCommands(route.Commands{Source: "line", Text: text}, a.Options)
	if len(bad) == 0 {
		return nil
	}
	lines, wrong := make([]string, len(bad)), make([]error, len(bad))
	for i, p := range bad {
		line := strings.Replace(p.Source, ":", " ", 1)
		lines[i] = fmt.Sprintf("%s: %q: %s", line, p.Text, p.Reason)
		wrong[i] = &huma.ErrorDetail{Message: p.Reason, Location: "body.text " + line, Value: p.Text}
	}
	return fail(BadOverride, fmt.Sprintf("nothing was written to %q:\n%s", path, strings.Join(lines, "\n")), params{"path": path}, wrong...)
}
