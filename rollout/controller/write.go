package controller

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"weir/rollout"
	"weir/store"
)

func entryOf(actions []rollout.Action) *rollout.Entry {
	for _, a := range actions {
		if e, ok := a.(rollout.Entry); ok {
			return &e
		}
	}
	return nil
}

// writesOf are the documents of a transition, the state first.
func writesOf(s rollout.State, index uint64, actions []rollout.Action) (list []store.Write, err error) {
	text, err := encodeState(s)
	if err != nil {
		return nil, err
	}
	list = append(list, store.Write{Key: stateKey(s.Scope), Value: text, Index: index})
	for _, a := range actions {
		var key string
		switch a := a.(type) {
		case rollout.Entry:
			key = numbered(entries, s.Scope, a.Serial)
		case rollout.Record:
			key = numbered(records, s.Scope, a.Revision)
		default:
			continue
		}
		if text, err = json.Marshal(a); err != nil {
			return nil, err
		}
		list = append(list, store.Write{Key: key, Value: text})
	}
	return list, nil
}

// commit makes the writes. Where one of the documents besides the first is there
// already it is what is left of a scope that was deleted, and is replaced.
func commit(ctx context.Context, to store.Guard, list []store.Write) ([]store.Entry, error) {
	for range list {
		written, err := to.Commit(ctx, list...)
		var conflict *store.ConflictError
		if !errors.As(err, &conflict) || conflict.Key == list[0].Key {
			return written, err
		}
		for i := range list {
			if list[i].Key == conflict.Key {
				list[i].Index = conflict.Current.Index
			}
		}
	}
	return nil, fmt.Errorf("%s: its other documents change all the time", list[0].Key)
}

// write makes a transition durable, with the evidence that led to it. It reports
// false when somebody else has changed the state, which counts: Next is to be
// asked again.
func (l *leader) write(ctx context.Context, w *work, next rollout.State, actions []rollout.Action) (bool, error) {
	list, err := writesOf(next, w.index, actions)
	if err != nil {
		return false, err
	}
	proven, err := w.proof.write(next.Scope)
	if err != nil {
		return false, err
	}
	list = append(list, proven...)
	written, err := commit(ctx, l.guard, list)
	var conflict *store.ConflictError
	switch {
	case errors.As(err, &conflict):
		return false, w.lost(conflict)
	case err != nil:
		return false, err
	}
	w.take(next, written[0].Index)
	w.wrote = time.Now()
	l.tell(next, actions)
	if len(proven) > 0 {
		w.proof.wrote(written[len(written)-1].Index)
	}
	return true, l.conclude(ctx, next, actions)
}

// tell tells of a transition that was written.
func (c *Controller) tell(s rollout.State, actions []rollout.Action) {
	e := entryOf(actions)
	if e == nil {
		return
	}
	for _, change := range e.Changes {
		if change.Kind == rollout.KindNote {
			c.conf.Log.Warn("a deployment will not go as one may think", "scope", s.Scope.String(), "version", s.Candidate.Key, "code", change.To, "note", change.Message)
		}
	}
	if c.conf.Listener != nil {
		c.conf.Listener.Written(s, *e)
	}
}

// conclude tidies up after a rollout that is over.
func (l *leader) conclude(ctx context.Context, s rollout.State, actions []rollout.Action) error {
	for _, a := range actions {
		if r, ok := a.(rollout.Record); ok {
			l.conf.Log.Info("a rollout is over", "scope", s.Scope.String(), "revision", r.Revision, "outcome", r.Outcome, "reason", r.Reason)
			return l.prune(ctx, s)
		}
	}
	return nil
}

// lost follows the document that is in the store instead of the expected one,
// if it can be right. If not, the watch tells everybody.
func (w *work) lost(conflict *store.ConflictError) error {
	if conflict.Current.Index == 0 {
		return conflict
	}
	k := known{state: w.state, index: w.index}
	if w.index == 0 {
		k = known{} // ours was never written
	}
	if k = k.follow(conflict.Current); k.problem != "" {
		return errors.New(k.problem)
	}
	w.take(k.state, k.index)
	return nil
}
