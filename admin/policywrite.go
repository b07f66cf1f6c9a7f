package admin

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/danielgtaylor/huma/v2"

	"weir/admin/auth"
	"weir/rollout/controller"
	"weir/rollout/policy"
	"weir/route"
	"weir/store"
)

// schemaName is what no policy may be called: its path is that of the schema.
const schemaName = "schema"

func (a *Admin) putPolicy(ctx context.Context, in *putPolicyInput) (*policyOutput, error) {
	if in.Name == schemaName {
		return nil, badValue("name", in.Name, fmt.Sprintf("policy name %q stands for the JSON Schema of policies, want another name", in.Name))
	}
	parsed, err := parsePolicy(in.Body.Text)
	if err == nil {
		err = a.mayWritePolicy(ctx, in.Name, parsed.Scope())
	}
	if err != nil {
		return nil, err
	}
	index, err := in.index(in.Body.Index)
	if err != nil {
		return nil, err
	}
	written := controller.Policy{Policy: parsed, Name: in.Name, Text: in.Body.Text}
	inFile := func(now controller.Policy) bool { return now.File != "" }
	err = a.changePolicy(ctx, in.Name, index, inFile, func(before controller.Policy) (err error) {
		if written.Index = before.Index; askerOf(ctx).dry {
			return nil
		}
		if written, err = a.Rollouts.PutPolicy(ctx, in.Name, in.Body.Text, before.Index); err == nil {
			a.recordPolicy(ctx, "put-policy", before, written)
		}
		return err
	})
	if err != nil {
		return nil, atHeader(in.IfMatch, err)
	}
	return &policyOutput{etag(written.Index), policyOf(written)}, nil
}

func (a *Admin) deletePolicy(ctx context.Context, in *deletePolicyInput) (*policyOutput, error) {
	index, err := in.index(nonZero(in.Index))
	if err != nil {
		return nil, err
	}
	inFile := func(now controller.Policy) bool { return now.File != "" && now.Index == 0 }
	err = a.changePolicy(ctx, in.Name, index, inFile, func(now controller.Policy) error {
		switch {
		case now.Index == 0:
			return unknownPolicy(in.Name)
		case askerOf(ctx).dry:
			return nil
		}
		err := a.Rollouts.DeletePolicy(ctx, in.Name, now.Index)
		if err == nil {
			a.recordPolicy(ctx, "delete-policy", now, controller.Policy{})
		}
		return err
	})
	if err != nil {
		return nil, atHeader(in.IfMatch, err)
	}
	left, err := a.currentPolicy(ctx, in.Name)
	return &policyOutput{etag(left.Index), policyOf(left)}, err
}

// changePolicy runs one write of a policy against the index that the client
// read or, when it names none, against the current one. What a file stands
// against is said first: another index would not help.
func (a *Admin) changePolicy(ctx context.Context, name string, index *uint64, inFile func(controller.Policy) bool, do func(now controller.Policy) error) error {
	for try := 1; ; try++ {
		current, err := a.currentPolicy(ctx, name)
		if err != nil {
			return err
		}
		if err := a.mayReplacePolicy(ctx, current); err != nil {
			return err
		}
		if inFile(current) {
			return a.policyInFile(ctx, &controller.FileError{Name: name, File: current.File})
		}
		if !isCurrent(index, current.Index) {
			return policyConflict(*index, current)
		}
		err = do(current)
		var changed *store.ConflictError
		var given huma.StatusError
		var stands *controller.FileError
		switch {
		case errors.As(err, &stands):
			return a.policyInFile(ctx, stands)
		case err == nil || errors.As(err, &given):
			return err
		case errors.As(err, &changed) && try < maxTries:
			continue // with an index of the client's, the next look tells
		}
		return storeError("write", err)
	}
}

// recordPolicy keeps a write of a policy.
func (a *Admin) recordPolicy(ctx context.Context, action string, before, now controller.Policy) {
	c := change{action: action, scope: "policy/" + cmp.Or(now.Name, before.Name), by: authorOf(ctx, "")}
	if before.Index != 0 {
		c.before = policyOf(before)
	}
	if now.Index != 0 {
		c.after = policyOf(now)
	}
	a.record(ctx, c)
}

// mayReplacePolicy refuses who may not touch a policy that is there.
func (a *Admin) mayReplacePolicy(ctx context.Context, current controller.Policy) error {
	if current.Index == 0 && askerOf(ctx).Has(auth.Admin) {
		return nil
	}
	return a.mayWritePolicy(ctx, current.Name, current.Scope())
}

// mayWritePolicy refuses who may not write a policy of a scope. One without a
// scope is for whoever names it.
func (a *Admin) mayWritePolicy(ctx context.Context, name string, s route.Scope) error {
	if s == (route.Scope{}) {
		return may(ctx, auth.Admin, "policy "+name+", which is for all services")
	}
	return a.mayChange(ctx, auth.Admin, s)
}

// policyInFile refuses the write of a policy for one that is in a file.
func (a *Admin) policyInFile(ctx context.Context, refused *controller.FileError) error {
	current, err := a.currentPolicy(ctx, refused.Name)
	if err != nil {
		return err
	}
	f := fail(PolicyInFile, refused.Error(), params{"name": refused.Name, "file": refused.File})
	return &PolicyConflict{*f, policyOf(current)}
}

func policyConflict(index uint64, current controller.Policy) error {
	text := fmt.Sprintf("policy %s was changed by someone else: %s was given, it is at %d", current.Name, indexName(index), current.Index)
	if current.Index == 0 {
		text = fmt.Sprintf("%s was given, but there is no policy %s any more", indexName(index), current.Name)
	}
	return &PolicyConflict{*changed("policy/"+current.Name, &index, current.Index, text), policyOf(current)}
}

// parsePolicy reads a policy. Its error lists everything that is wrong.
func parsePolicy(text string) (policy.Policy, error) {
	p, err := policy.Parse([]byte(text))
	var problems policy.Problems
	switch {
	case err == nil:
		return p, nil
	case !errors.As(err, &problems):
		return p, fail(BadPolicy, err.Error(), nil)
	}
	var wrong []error
	for _, one := range problems {
		wrong = append(wrong, &huma.ErrorDetail{Message: one.String(), Location: place("body.text", one.Path), Value: value(one.Value)})
	}
	return p, fail(BadPolicy, "the policy cannot be used: "+problems.Error(), nil, wrong...)
}

// place is where in the text something is.
func place(text, path string) string {
	if path == "" {
		return text
	}
	return text + " " + path
}

// value is absent where there is none.
func value(text string) any {
	if text == "" {
		return nil
	}
	return text
}
