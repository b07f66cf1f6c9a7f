package controller

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"weir/rollout"
	"weir/route"
	"weir/store"
)

// tries is how often a command is tried while others write to the same state.
const tries = 10

// UnknownError says that a scope has no state.
type UnknownError struct{ Scope route.Scope }

func (e *UnknownError) Error() string {
	return fmt.Sprintf("nothing is known of rollouts of %s: no policy has been in force for it", e.Scope)
}

// GenerationError says that a state is not the one that a person saw.
type GenerationError struct {
	Scope    route.Scope
	Expected uint64
	Current  rollout.State
}

func (e *GenerationError) Error() string {
	return fmt.Sprintf("the rollout of %s has changed: it is at generation %d, and not %d", e.Scope, e.Current.Generation, e.Expected)
}

// Command does what a person asks for, and returns the state that follows.
// Generation is that of the state which they saw; 0 is any. It needs no leader:
// proxies follow what is written at once. Errors are *UnknownError,
// *GenerationError, rollout.Refused, or that of the store.
//
// Where the document was deleted or cannot be read, the command goes by the last
// good state and writes it back.
func (c *Controller) Command(ctx context.Context, scope route.Scope, do rollout.Command, generation uint64) (rollout.State, error) {
	for range tries {
		k, err := c.readAt(ctx, scope, generation)
		if err != nil {
			return k.state, err
		}
		next, err := c.try(ctx, k, do)
		var conflict *store.ConflictError
		if !errors.As(err, &conflict) {
			return next, err
		}
	}
	return rollout.State{}, fmt.Errorf("the state of %s changes all the time", scope)
}

// TryCommand returns the state that would follow a command, and changes
// nothing. Its errors are those of Command.
func (c *Controller) TryCommand(ctx context.Context, scope route.Scope, do rollout.Command, generation uint64) (rollout.State, error) {
	k, err := c.readAt(ctx, scope, generation)
	if err != nil {
		return k.state, err
	}
	next, _, err := c.next(k, do)
	return next, err
}

// readAt reads a state that has to be at a generation.
func (c *Controller) readAt(ctx context.Context, scope route.Scope, generation uint64) (known, error) {
	k, err := c.read(ctx, scope)
	switch {
	case err != nil:
		return known{}, err
	case generation != 0 && k.state.Generation != generation:
		return k, &GenerationError{scope, generation, k.state}
	}
	return k, nil
}

// next is what follows a command; what it refuses leaves the state.
func (c *Controller) next(k known, do rollout.Command) (rollout.State, []rollout.Action, error) {
	in := rollout.Input{At: time.Now().UTC(), By: c.conf.Name, Command: &do, Fresh: rand.Text()}
	if p := c.inForce()[k.state.Scope]; p != nil {
		in.Policy = &p.Policy
	}
	next, actions := rollout.Next(k.state, in)
	for _, a := range actions {
		if refused, ok := a.(rollout.Refused); ok {
			return k.state, nil, refused
		}
	}
	return next, actions, nil
}

// try does it to the state that was read.
func (c *Controller) try(ctx context.Context, k known, do rollout.Command) (rollout.State, error) {
	next, actions, err := c.next(k, do)
	if err != nil {
		return k.state, err
	}
	if entryOf(actions) == nil {
		return k.state, nil
	}
	list, err := writesOf(next, k.index, actions)
	if err == nil {
		_, err = commit(ctx, c.conf.Store, list)
	}
	if err != nil {
		return k.state, err
	}
	c.tell(next, actions)
	c.conf.Log.Info("a command for a rollout", "scope", next.Scope.String(), "verb", do.Verb, "by", do.By, "reason", do.Reason, "request", do.Request)
	return next, nil
}

// inForce is the policy in force for each scope.
func (c *Controller) inForce() map[route.Scope]*Policy {
	list, _ := c.view.allPolicies()
	instances, _ := c.Publisher.Instances()
	byScope, _ := inForce(list, instances)
	return byScope
}

// Restore writes the last good state back where its document was deleted or
// cannot be read. Where all is well it does nothing.
func (c *Controller) Restore(ctx context.Context, scope route.Scope) (rollout.State, error) {
	k, err := c.read(ctx, scope)
	if err != nil || k.problem == "" {
		return k.state, err
	}
	list, err := writesOf(k.state, k.index, nil)
	if err == nil {
		_, err = commit(ctx, c.conf.Store, list)
	}
	if err == nil {
		c.conf.Log.Warn("the state of a rollout was written back", "scope", scope.String(), "generation", k.state.Generation)
	}
	return k.state, err
}

// read reads a state now. Where its document does not count it is the last good
// one, with the index of the document.
func (c *Controller) read(ctx context.Context, scope route.Scope) (known, error) {
	k := c.view.one(scope)
	e, err := c.conf.Store.Get(ctx, stateKey(scope))
	switch {
	case errors.Is(err, store.ErrNotFound) && k.exists():
		k = k.lose()
	case errors.Is(err, store.ErrNotFound):
		return k, &UnknownError{scope}
	case err != nil:
		return k, err
	default:
		k = k.follow(e)
	}
	if !k.exists() {
		return k, errors.New(k.problem)
	}
	return k, nil
}
