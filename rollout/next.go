package rollout

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"time"

	"weir/rollout/policy"
	"weir/route"
)

// New is the state of a service or route that nothing is known of.
func New(scope route.Scope) State {
	return State{Schema: Schema, Scope: scope, Phase: Healthy, Stage: Healthy}
}

// run is one call of Next: the state on its way.
type run struct {
	State
	in      *Input
	before  *State
	began   bool // a step that sets a weight began: the verdict starts anew
	changes []Change
	actions []Action
}

// Next is the state that follows from an input, and what is to be done. A
// command that has no effect gives Refused with the reason. The same state and
// input always give the same result.
//
// Whenever anything but State.Live is different, there is one Entry among the
// actions; it and the Record of a rollout that ended belong to the same write.
func Next(s State, in Input) (State, []Action) {
	r := &run{State: s, in: &in, before: &s}
	r.Past, r.Holds, r.Live.Away = slices.Clone(s.Past), slices.Clone(s.Holds), maps.Clone(s.Live.Away)
	if in.Command != nil {
		if why := r.command(in.Command); why != "" {
			r.actions = append(r.actions, Refused{why})
			r.in.Command = nil // what changes from here is not its doing
		}
	}
	if in.Leader {
		r.tick()
	}
	r.finish()
	return r.State, r.actions
}

// tick lets the leader's time pass.
func (r *run) tick() {
	r.hold(ByStore, r.in.StoreAway && r.isActive(), "the store cannot be reached: nothing moves")
	if r.in.StoreAway {
		return
	}
	r.rest()
	if r.Policy.Strategy == "" || r.Policy.Strategy == policy.None {
		return
	}
	r.see()
	r.pass(r.elapsed())
	r.listen()
	r.noteRevert()
	r.judge()
	r.limit()
	for range len(r.Policy.Steps) + 4 { // more than can follow one another
		if !r.advance() {
			break
		}
	}
	r.steer()
}

// maxElapsed bounds what one input adds to the clocks: time that nobody looked
// at, because the leader's machine slept, proves nothing.
const maxElapsed = 30 * time.Second

// elapsed is what this input adds to the clocks. What a command began has no
// part in the time before it.
func (r *run) elapsed() time.Duration {
	if r.in.Command != nil {
		return 0
	}
	return min(max(r.in.Elapsed, 0), maxElapsed)
}

// rest ends what lasts for one write, and takes the policy in force while no
// rollout is under way.
func (r *run) rest() {
	if r.Stage == Completed || r.Stage == Superseded {
		r.to(Healthy, r.Reason, r.Message)
	}
	if r.Stage != Healthy {
		return
	}
	var now policy.Policy
	if r.in.Policy != nil {
		now = *r.in.Policy
	}
	if !reflect.DeepEqual(now, r.Policy) {
		if r.Policy = now; now.Strategy == "" || now.Strategy == policy.None {
			r.Stable = Version{} // whatever runs when a policy comes again
		}
		r.change(KindSeen, "", string(now.Strategy), "", "the policy is another")
	}
}

// finish completes the state and writes the audit entry.
func (r *run) finish() {
	if r.isRouted() {
		r.Generation++
	}
	if r.began {
		r.Since = r.Generation
	}
	if r.Weight != r.before.Weight && r.Stage != Completed {
		r.change(KindWeight, r.before.Weight.String(), r.Weight.String(), "", "")
	}
	r.Phase = r.phase()
	r.audit()
}

// isRouted reports whether this call has changed routing.
func (r *run) isRouted() bool {
	return r.began || !reflect.DeepEqual(r.Routing(), r.before.Routing())
}

// phase is what people see.
func (r *run) phase() Phase {
	switch {
	case !r.isActive():
		return r.Stage
	case r.has(ByStore):
		return Frozen
	case r.has(ByStable):
		return StableLost
	case r.has(ByCandidate):
		return CandidateLost
	case r.Override != nil:
		return Overridden
	case len(r.Holds) > 0 && r.Stage != Aborting:
		return Paused
	}
	return r.Stage
}

// isActive reports whether a rollout is under way.
func (s *State) isActive() bool { return s.isMoving() || s.Stage == Aborting }

// isMoving reports whether the rollout can still succeed.
func (s *State) isMoving() bool {
	return s.Stage == Preview || s.Stage == Progressing || s.Stage == Baking || s.Stage == Promoting
}

// to changes the stage.
func (r *run) to(stage Phase, reason Reason, message string) {
	r.change(KindStage, string(r.Stage), string(stage), reason, message)
	r.Stage, r.Reason, r.Message = stage, reason, message
	r.Live.Clock.Stage, r.Live.Clock.Gone, r.Live.Clock.Retry = 0, 0, 0
}

func (r *run) change(kind Kind, from, to string, reason Reason, message string) {
	r.changes = append(r.changes, Change{kind, from, to, reason, message})
}

// by is who caused what happens now.
func (r *run) by() string {
	if r.in.Command != nil {
		return cmp.Or(r.in.Command.By, r.in.By)
	}
	return r.in.By
}
