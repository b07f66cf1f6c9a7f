package controller

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"weir/rollout"
	"weir/route"
	"weir/store"
)

// Emergency is a weight of 0 for the candidate of a rollout on this proxy alone,
// which somebody has set while the store could not be written. The rest of the
// fleet does not know of it.
type Emergency struct {
	Scope     route.Scope  `json:"scope"`
	Rollout   string       `json:"rollout"`   // State.ID
	Candidate string       `json:"candidate"` // version key
	Weight    route.Weight `json:"weight"`    // that it has by the state
	By        string       `json:"by"`
	Reason    string       `json:"reason"`
	At        time.Time    `json:"at"`

	Volatile string `json:"-"` // why a restart of this proxy forgets it; empty: it does not
}

// String tells of it.
func (e Emergency) String() string {
	text := fmt.Sprintf("emergency weight 0 for %s on this proxy by %s since %s UTC, not in the store yet: %s",
		e.Candidate, cmp.Or(e.By, "somebody"), e.At.Format(time.DateTime), cmp.Or(e.Reason, "no reason is given"))
	if e.Volatile != "" {
		text += "; a restart forgets it: " + e.Volatile
	}
	return text
}

// WritableError says that the store can be written, so that nobody needs an
// emergency.
type WritableError struct{ Scope route.Scope }

func (e *WritableError) Error() string {
	return fmt.Sprintf("the store can be written here: abort the rollout of %s, which reaches every proxy at once", e.Scope)
}

// probeTime bounds how long a person waits in an emergency to be told that the
// store is away.
const probeTime = 3 * time.Second

// probeKey is what is written to find out whether anything can be.
const probeKey = "v1/probe"

// Emergency takes all traffic from the candidate on this proxy, until the store
// can be written again and has the abort that the person would have given. A
// second one of the same rollout is the first. Errors are *WritableError,
// *UnknownError or rollout.Refused.
func (c *Controller) Emergency(ctx context.Context, scope route.Scope, by, reason string) (e Emergency, err error) {
	k := c.view.one(scope)
	if !k.exists() {
		return e, &UnknownError{scope}
	}
	if e, there := c.view.emergencies()[scope]; there && e.Rollout == k.state.ID {
		return e, nil
	}
	e = Emergency{Scope: scope, Rollout: k.state.ID, Candidate: k.state.Candidate.Key, Weight: k.state.Weight,
		By: by, Reason: reason, At: time.Now().UTC().Truncate(time.Second)}
	if _, err := e.abort(k.state); err != nil {
		return e, err
	}
	if c.canWrite(ctx) {
		return e, &WritableError{scope}
	}
	c.view.update(func() { c.view.local[scope] = e })
	c.conf.Log.Error("emergency: the candidate has no traffic on this proxy", "scope", scope.String(), "candidate", e.Candidate, "by", by, "reason", reason)
	if err := c.keepEmergencies(); err != nil {
		e.Volatile = err.Error()
		c.view.update(func() {
			if _, still := c.view.local[scope]; still {
				c.view.local[scope] = e
			}
		})
	}
	return e, nil
}

// canWrite finds out by a write whether the store can be written.
func (c *Controller) canWrite(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	at, err := c.conf.Store.Get(ctx, probeKey)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return false
	}
	_, err = c.conf.Store.CompareAndSet(ctx, probeKey, []byte(c.conf.Name), at.Index)
	var conflict *store.ConflictError
	return err == nil || errors.As(err, &conflict) // somebody else could
}

// abort is what a state becomes by the abort that the person would have given.
// The error says why that has no effect.
func (e Emergency) abort(s rollout.State) (rollout.State, error) {
	if s.ID != e.Rollout {
		return s, rollout.Refused{Why: fmt.Sprintf("the rollout is another: %s", s.ID)}
	}
	do := e.command()
	next, actions := rollout.Next(s, rollout.Input{At: e.At, Command: &do})
	for _, a := range actions {
		if refused, ok := a.(rollout.Refused); ok {
			return s, refused
		}
	}
	if entryOf(actions) == nil {
		return s, rollout.Refused{Why: fmt.Sprintf("%s has no traffic already: %s", s.Candidate.Key, s.Message)}
	}
	return next, nil
}

// command is an abort and not a weight of 0 by hand: it has an effect only once,
// however many proxies give it, it does not end after an hour, and it is what
// the person would have asked for. Who thinks better of it has retry.
func (e Emergency) command() rollout.Command {
	return rollout.Command{Verb: rollout.Abort, By: e.By, Reason: e.Reason}
}

// over is what this proxy makes of a state: where the emergency is of the same
// rollout, the state as if it were aborted.
func (e Emergency) over(s rollout.State) (rollout.State, bool) {
	next, err := e.abort(s)
	return next, err == nil
}

// reconcile makes emergencies commands in the store when that can be written
// again, and keeps the file of them up to date, until ctx ends.
func (c *Controller) reconcile(ctx context.Context) {
	before := c.view.emergencies()
	for ctx.Err() == nil {
		changed, now := c.view.change(), c.view.emergencies()
		for scope := range before {
			if _, still := now[scope]; !still {
				c.conf.Log.Warn("the emergency is over: the store says what the candidate gets", "scope", scope.String())
				_ = c.keepEmergencies() // logged
			}
		}
		before = now
		if len(now) > 0 && c.view.away() == nil {
			c.settle(ctx, now)
			pause(ctx, time.Second) // until the watch has it, or to try again
			continue
		}
		select {
		case <-ctx.Done():
		case <-changed:
		}
	}
}

// settleTime bounds one try.
const settleTime = 10 * time.Second

// settle gives the aborts. That of another proxy may have come first: it is the
// same. The emergency itself ends when the watch brings what has become of the
// rollout.
func (c *Controller) settle(ctx context.Context, all map[route.Scope]Emergency) {
	ctx, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	for scope, e := range all {
		k, err := c.read(ctx, scope)
		if err == nil {
			_, err = e.abort(k.state)
		}
		if err == nil {
			_, err = c.Command(ctx, scope, e.command(), k.state.Generation)
		}
		if err != nil {
			c.conf.Log.Debug("the emergency is not in the store yet", "scope", scope.String(), "error", err)
		}
	}
}

// calm ends the emergencies that have no effect on what the store says now. It
// is for an update of the view.
func (v *view) calm() {
	for scope, e := range v.local {
		if _, counts := e.over(v.states[scope].state); !counts {
			delete(v.local, scope)
		}
	}
}
