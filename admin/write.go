package admin

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode"

	"github.com/danielgtaylor/huma/v2"

	"weir/admin/auth"
	"weir/intent"
	"weir/route"
	"weir/store"
)

// applyWait bounds how long the answer to a write waits for the table.
const applyWait = 2 * time.Second

// maxTries bounds how often a write without an index is tried again because
// somebody else wrote in between.
const maxTries = 5

// Conflict is the problem of a write whose index is not current (409).
type Conflict struct {
	Failure
	Current Weights `json:"current" doc:"What is asked now, and its index"`
}

// conflictResponse documents the 409 of an operation, whose problem is a T.
func conflictResponse[T any](api huma.API, description string) map[string]*huma.Response {
	schema := api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[T](), true, "")
	problem := func(text string) *huma.Response {
		return &huma.Response{Description: text, Content: map[string]*huma.MediaType{"application/problem+json": {Schema: schema}}}
	}
	return map[string]*huma.Response{"409": problem(description), "412": problem("If-Match is not current")}
}

// changedSince describes the 409 of a write with an index.
const changedSince = "Changed by someone else since the index was read"

// write stores in by compare-and-set and waits for the table to have it. A nil
// index replaces what is there.
func (a *Admin) write(ctx context.Context, in route.Intent, index *uint64) (*writtenOutput, error) {
	if err := checkText(in); err != nil {
		return nil, err
	}
	return a.change(ctx, in, index, func(at uint64) (intent.Entry, error) {
		in.At = time.Now().UTC().Truncate(time.Second)
		return a.Intents.Put(ctx, in, at)
	})
}

// nonZero is an index of a query, which is absent where it is 0.
func nonZero(index uint64) *uint64 {
	if index == 0 {
		return nil
	}
	return &index
}

// deleteWeights removes what is asked for s; a nil index removes whatever is
// there.
func (a *Admin) deleteWeights(ctx context.Context, s route.Scope, index *uint64) (*writtenOutput, error) {
	current, err := a.current(ctx, s)
	if err != nil {
		return nil, err
	}
	if current.Index == 0 && !a.find(s).known() {
		return nil, a.unknown(s)
	}
	if err := a.mayChange(ctx, auth.Operator, s); err != nil {
		return nil, err
	}
	return a.change(ctx, route.Intent{Scope: s, By: authorOf(ctx, "")}, index, func(at uint64) (intent.Entry, error) {
		none := intent.Entry{Intent: route.Intent{Scope: s}}
		if at == 0 {
			return none, nil
		}
		return none, a.Intents.Delete(ctx, s, at)
	})
}

// change runs one write of an intent, of which without shares nothing is left,
// against the index that the client read or, when it names none, against the
// current one.
func (a *Admin) change(ctx context.Context, in route.Intent, index *uint64, do func(at uint64) (intent.Entry, error)) (*writtenOutput, error) {
	for try := 1; ; try++ {
		previous, err := a.current(ctx, in.Scope)
		if err != nil {
			return nil, err
		}
		if !isCurrent(index, previous.Index) {
			return nil, conflict(*index, previous)
		}
		if askerOf(ctx).dry {
			return a.foreseen(previous, in)
		}
		written, err := do(previous.Index)
		var changed *intent.ConflictError
		if errors.As(err, &changed) && try < maxTries {
			continue // with an index of the client's, the next look tells
		}
		var invalid *intent.InvalidError
		if errors.As(err, &invalid) {
			return nil, badValue("shares", "", err.Error())
		}
		if err != nil {
			return nil, storeError("write", err)
		}
		a.recordWeights(ctx, in, previous, written)
		return a.written(ctx, previous, written), nil
	}
}

// written waits for the table to have a write, and describes it.
func (a *Admin) written(ctx context.Context, previous, now intent.Entry) *writtenOutput {
	applied := a.wait(ctx, now.Scope, previous.Index, now.Index)
	return &writtenOutput{etag(now.Index), WeightsWritten{
		WeightsState: WeightsState{weightsOf(now), a.find(now.Scope).shares()},
		Previous:     weightsOf(previous),
		Applied:      applied,
	}}
}

// foreseen describes a write that is not made.
func (a *Admin) foreseen(previous intent.Entry, in route.Intent) (*writtenOutput, error) {
	if len(in.Shares) > 0 {
		in.At = time.Now().UTC().Truncate(time.Second)
		if err := intent.Check(in); err != nil {
			return nil, badValue("shares", "", err.Error())
		}
	} else {
		in = route.Intent{Scope: in.Scope}
	}
	would := scopeIn(a.Publisher.Try(in), in.Scope)
	return &writtenOutput{etag(previous.Index), WeightsWritten{
		WeightsState: WeightsState{weightsOf(intent.Entry{Intent: in, Index: previous.Index}), would.shares()},
		Previous:     weightsOf(previous), DryRun: true,
	}}, nil
}

// recordWeights keeps a write of weights.
func (a *Admin) recordWeights(ctx context.Context, in route.Intent, previous, now intent.Entry) {
	c := change{action: "put-weights", scope: in.Scope.String(), by: in.By, reason: in.Reason}
	if previous.Index != 0 {
		c.before = weightsOf(previous)
	}
	if now.Index != 0 {
		c.after = weightsOf(now)
	} else {
		c.action = "delete-weights"
	}
	a.record(ctx, c)
}

// wait reports whether the table came to have the intent of s at index now (0:
// removed) within applyWait.
func (a *Admin) wait(ctx context.Context, s route.Scope, before, now uint64) bool {
	if before == 0 && now == 0 {
		return true // there was nothing to remove
	}
	return a.await(ctx, func() bool {
		at := a.Publisher.Applied(s)
		return now == 0 && at != before || now != 0 && at >= now
	})
}

// await reports whether a table came for which is is true within applyWait.
func (a *Admin) await(ctx context.Context, is func() bool) bool {
	ctx, cancel := context.WithTimeout(ctx, applyWait)
	defer cancel()
	for {
		changed := a.Publisher.Changed()
		if is() {
			return true
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
}

// current is what is asked for s, with index 0 where nothing is.
func (a *Admin) current(ctx context.Context, s route.Scope) (intent.Entry, error) {
	e, err := a.Intents.Get(ctx, s)
	if errors.Is(err, store.ErrNotFound) {
		return intent.Entry{Intent: route.Intent{Scope: s}}, nil
	}
	if err != nil {
		return e, storeError("read", err)
	}
	return e, nil
}

func conflict(index uint64, current intent.Entry) error {
	now := weightsOf(current)
	text := fmt.Sprintf("the weights of %s were changed by someone else: %s was given, they are at %d", now.Scope, indexName(index), now.Index)
	if now.Index == 0 {
		text = fmt.Sprintf("%s was given, but nothing is asked for %s any more", indexName(index), now.Scope)
	}
	return &Conflict{*changed(now.Scope, &index, now.Index, text), now}
}

func storeError(verb string, err error) error {
	return fail(StoreAway, fmt.Sprintf("cannot %s the store: %v", verb, err), params{"error": err.Error()})
}

// expires gives the end of the weights; zero for none.
func (in *WeightsInput) expires(now time.Time) (time.Time, error) {
	var end time.Time
	switch {
	case in.For != "" && in.Expires != nil:
		return end, fail(BothGiven, "both for and expires are given; use one of them", params{"one": "for", "other": "expires"})
	case in.For != "":
		d, err := time.ParseDuration(in.For)
		if err != nil || d <= 0 {
			return end, badValue("for", in.For, fmt.Sprintf("for is %q, which is not a positive duration such as 90s, 1h30m", in.For))
		}
		end = now.Add(d)
	case in.Expires != nil:
		end = *in.Expires
		if !end.After(now) {
			return end, badValue("expires", end.Format(time.RFC3339), fmt.Sprintf("expires is %s, which is not in the future", end.Format(time.RFC3339)))
		}
	default:
		return end, nil
	}
	if end.After(now.AddDate(10, 0, 0)) {
		return end, badValue("expires", end.Format(time.RFC3339), "the weights would hold for more than ten years; leave the end out if they are to stay")
	}
	return end.UTC().Truncate(time.Second), nil
}

// checkText refuses what would spoil a line of a log or a table.
func checkText(in route.Intent) error {
	for name, text := range map[string]string{"by": in.By, "reason": in.Reason} {
		if strings.ContainsFunc(text, unicode.IsControl) {
			return badValue(name, text, name+" holds a line break or another control character")
		}
	}
	return nil
}
