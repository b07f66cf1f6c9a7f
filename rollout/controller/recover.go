package controller

import (
	"context"
	"fmt"
	"slices"

	"weir/rollout"
	"weir/route"
)

// begin is the state of a scope that has no document and of which nothing is
// known: what its audit makes, if there is one, for then the document was lost
// while nobody looked; else nothing at all.
func (l *leader) begin(ctx context.Context, scope route.Scope) (rollout.State, error) {
	list, problems, err := l.Audit(ctx, scope)
	if err != nil || len(list)+len(problems) == 0 {
		return rollout.New(scope), err
	}
	if len(problems) > 0 {
		err = fmt.Errorf("%s: %s", problems[0].Text, problems[0].Reason)
	}
	var s rollout.State
	if err == nil {
		s, err = rebuild(list)
	}
	if err == nil {
		l.conf.Log.Warn("the state of a rollout was gone, and is put together from its audit", "scope", scope.String(), "generation", s.Generation)
		return s, nil
	}
	l.conf.Log.Error("the state of a rollout is gone, and its audit does not make one: it begins anew", "scope", scope.String(), "error", err)
	return rollout.New(scope), l.clear(ctx, scope)
}

// rebuild is rollout.Replay for entries of which the oldest were folded into
// the first.
func rebuild(list []rollout.Entry) (rollout.State, error) {
	list = slices.Clone(list) // sorted by key, so by serial
	if first := list[0]; first.Serial != 1 && first.Patch["schema"] == nil {
		return rollout.State{}, fmt.Errorf("the entries before number %d of %s are missing", first.Serial, first.Scope)
	}
	from := list[0].Serial
	for i := range list {
		list[i].Serial -= from - 1
	}
	return rollout.Replay(list)
}

// clear removes what is left of the audit of a scope.
func (l *leader) clear(ctx context.Context, scope route.Scope) error {
	list, err := l.conf.Store.List(ctx, below(entries, scope)+"/")
	for some := range slices.Chunk(list, pruneOnce) {
		if _, err := l.guard.Commit(ctx, deletions(some)...); err != nil {
			return err
		}
	}
	return err
}
