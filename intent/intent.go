// Package intent keeps route.Intents in a store.Store, one key each.
package intent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"weir/route"
	"weir/store"
)

// folder holds the keys of all intents: service/NAME and route/KEY below it,
// the last part escaped so that it is one segment.
const folder = "v1/intents/"

// Entry is an intent and the index of its last change.
type Entry struct {
	route.Intent
	Index uint64
}

// Store reads and writes intents.
type Store struct{ entries store.Store }

// In keeps intents in s.
func In(s store.Store) *Store { return &Store{s} }

// List returns the intents that can be read, sorted by key, and a problem for
// each that cannot.
func (s *Store) List(ctx context.Context) ([]Entry, []route.Problem, error) {
	entries, err := s.entries.List(ctx, folder)
	if err != nil {
		return nil, nil, err
	}
	intents, problems := decode(entries)
	return intents, problems, nil
}

// Get returns the intent of a scope or store.ErrNotFound.
func (s *Store) Get(ctx context.Context, scope route.Scope) (Entry, error) {
	e, err := s.entries.Get(ctx, key(scope))
	if err != nil {
		return Entry{}, err
	}
	return parse(e)
}

// Put writes an intent if that of its scope is still at index (0: there is
// none), else it returns a *ConflictError. An *InvalidError says what is wrong
// with the intent itself.
func (s *Store) Put(ctx context.Context, in route.Intent, index uint64) (Entry, error) {
	if err := Check(in); err != nil {
		return Entry{}, err
	}
	value, err := json.Marshal(in)
	if err != nil {
		return Entry{}, err
	}
	e, err := s.entries.CompareAndSet(ctx, key(in.Scope), value, index)
	if err != nil {
		return Entry{}, conflict(in.Scope, err)
	}
	return Entry{in, e.Index}, nil
}

// Delete removes the intent of a scope if it is still at index, else it returns
// a *ConflictError.
func (s *Store) Delete(ctx context.Context, scope route.Scope, index uint64) error {
	return conflict(scope, s.entries.CompareAndDelete(ctx, key(scope), index))
}

// Watch calls each with what List returns, at once and after each change, until
// ctx ends. After an error the last intents stay true.
func (s *Store) Watch(ctx context.Context, each func([]Entry, []route.Problem, error)) error {
	return s.entries.Watch(ctx, folder, func(entries []store.Entry, err error) {
		if err != nil {
			each(nil, nil, err)
			return
		}
		intents, problems := decode(entries)
		each(intents, problems, nil)
	})
}

// ConflictError says that an intent has changed since its index was read.
type ConflictError struct {
	Scope   route.Scope
	Current Entry // Index 0 when there is none
	Err     error // of reading Current; nil nearly always
}

func (e *ConflictError) Error() string {
	if e.Current.Index == 0 {
		return fmt.Sprintf("there is no intent for %s any more", e.Scope)
	}
	return fmt.Sprintf("the intent for %s was changed by someone else: it is at index %d", e.Scope, e.Current.Index)
}

func (e *ConflictError) Unwrap() error { return e.Err }

// conflict gives a conflict of the store its intent; other errors pass.
func conflict(scope route.Scope, err error) error {
	var of *store.ConflictError
	if !errors.As(err, &of) {
		return err
	}
	if of.Current.Index == 0 {
		return &ConflictError{Scope: scope}
	}
	current, err := parse(of.Current)
	current.Index = of.Current.Index
	return &ConflictError{Scope: scope, Current: current, Err: err}
}

func key(scope route.Scope) string {
	return folder + scope.Kind + "/" + url.PathEscape(scope.Name)
}

// parse reads the intent in an entry. An error names the key.
func parse(e store.Entry) (Entry, error) {
	var in route.Intent
	if err := json.Unmarshal(e.Value, &in); err != nil {
		return Entry{}, fmt.Errorf("%s: %w", e.Key, err)
	}
	if key(in.Scope) != e.Key {
		return Entry{}, fmt.Errorf("%s: it is about %q, whose key is %s", e.Key, in.Scope, key(in.Scope))
	}
	if err := Check(in); err != nil {
		return Entry{}, fmt.Errorf("%s: %w", e.Key, err)
	}
	return Entry{in, e.Index}, nil
}

func decode(entries []store.Entry) (intents []Entry, problems []route.Problem) {
	for _, e := range entries {
		in, err := parse(e)
		if err != nil {
			problems = append(problems, problem(e, err))
			continue
		}
		intents = append(intents, in)
	}
	return intents, problems
}

// problem describes an entry that is no intent, which somebody else must have
// written.
func problem(e store.Entry, err error) route.Problem {
	p := route.Problem{Source: "intent", Text: fmt.Sprintf("%s: %.200s", e.Key, e.Value), Reason: err.Error()}
	if name, ok := strings.CutPrefix(e.Key, folder+"service/"); ok {
		p.Service, _ = url.PathUnescape(name)
	}
	return p
}
