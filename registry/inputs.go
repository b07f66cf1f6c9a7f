package registry

import (
	"slices"
	"time"

	"weir/intent"
	"weir/route"
)

// feed is what one source, or the store of intents, has said so far.
type feed[T any] struct {
	name  string
	value T         // at the time at
	at    time.Time // zero: nothing yet
	err   error     // why it cannot be read now
	saved bool      // value is from the file of the run before
}

// hear takes an answer. An error may come with a value, but does not when at is
// zero.
func (f *feed[T]) hear(value T, at time.Time, err error) {
	if f.err = err; !at.IsZero() {
		f.value, f.at, f.saved = value, at, false
	}
}

// recall takes what the run before knew, unless this run knows better.
func (f *feed[T]) recall(value T, at time.Time) {
	if f.at.IsZero() && !at.IsZero() {
		f.value, f.at, f.saved = value, at, true
	}
}

// trueAt is until when the value was known to be true.
func (f *feed[T]) trueAt(now time.Time) time.Time {
	if f.err == nil && !f.saved {
		return now
	}
	return f.at
}

func (f *feed[T]) status() SourceStatus {
	s := SourceStatus{Name: f.name, At: f.at, Saved: f.saved}
	if f.err != nil {
		s.Err = f.err.Error()
	}
	return s
}

// wishes are the intents and what is wrong with the others.
type wishes struct {
	intents  []route.Intent
	problems []route.Problem
	indices  map[route.Scope]uint64 // of the last writes
}

// inputs is everything that a table is made of.
type inputs struct {
	sources  []feed[Snapshot]
	wishes   *feed[wishes] // nil: there is no store
	rollouts Rollouts      // nil: there are none
}

func newInputs(sources []Source, withIntents bool, rollouts Rollouts) *inputs {
	in := &inputs{sources: make([]feed[Snapshot], len(sources)), rollouts: rollouts}
	for i, s := range sources {
		in.sources[i].name = s.Name()
	}
	if withIntents {
		in.wishes = &feed[wishes]{name: "store"}
	}
	return in
}

// complete reports whether there is something of every feed.
func (in *inputs) complete() bool {
	for _, s := range in.status() {
		if s.At.IsZero() {
			return false
		}
	}
	return in.rollouts == nil || in.rollouts.Known()
}

func (in *inputs) status() (list []SourceStatus) {
	for i := range in.sources {
		list = append(list, in.sources[i].status())
	}
	if in.wishes != nil {
		list = append(list, in.wishes.status())
	}
	return list
}

// recipe is what a table is made of, and what could not be read of it.
type recipe struct {
	route.Input
	unread      []route.Problem
	people      map[route.Scope]route.Intent // intents of people
	generations map[route.Scope]uint64       // of rollouts
}

// merge puts all feeds together, without the intents that have expired, and
// says when the next of them will. A time of zero means never.
func (in *inputs) merge(now time.Time, o route.Options) (all recipe, next time.Time) {
	all.Options = o
	all.Instances, _ = in.instances()
	for _, f := range in.sources {
		all.Commands = append(all.Commands, f.value.Commands...)
		all.unread = append(all.unread, f.value.Problems...)
	}
	if in.wishes != nil {
		all.unread = append(all.unread, in.wishes.value.problems...)
		all.Intents, next = valid(in.wishes.value.intents, now)
		all.people = byScope(all.Intents)
	}
	if in.rollouts != nil {
		all.steer(in.rollouts.Steer(all.Instances))
	}
	return all, next
}

// instances are those of all sources, and whether all of these can be read now.
func (in *inputs) instances() (all []route.Instance, fresh bool) {
	fresh = true
	for i := range in.sources {
		f := &in.sources[i]
		fresh = fresh && !f.at.IsZero() && f.err == nil && !f.saved
		if i == 0 {
			all = slices.Clip(f.value.Instances)
			continue
		}
		all = append(all, f.value.Instances...)
	}
	return all, fresh
}

// valid leaves out the intents that have expired, and says when the next will.
func valid(intents []route.Intent, now time.Time) (list []route.Intent, next time.Time) {
	for _, i := range intents {
		switch {
		case i.Expires.IsZero():
		case !i.Expires.After(now):
			continue
		case next.IsZero() || i.Expires.Before(next):
			next = i.Expires
		}
		list = append(list, i)
	}
	return list, next
}

func byScope(intents []route.Intent) map[route.Scope]route.Intent {
	all := make(map[route.Scope]route.Intent, len(intents))
	for _, in := range intents {
		all[in.Scope] = in
	}
	return all
}

// page is the page for requests without a route: the last source that has one.
func (in *inputs) page() (html string) {
	for _, f := range in.sources {
		if f.value.NoRouteHTML != "" {
			html = f.value.NoRouteHTML
		}
	}
	return html
}

// intentsOf leaves out the indices, which tables do not need.
func intentsOf(entries []intent.Entry) (list []route.Intent) {
	for _, e := range entries {
		list = append(list, e.Intent)
	}
	return list
}
