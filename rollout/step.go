package rollout

import (
	"strconv"
	"time"

	"weir/rollout/policy"
	"weir/route"
)

// promoteGrace is how long a promotion settles: registrations change their tags
// and checks flap meanwhile.
const promoteGrace = 15 * time.Second

// enter begins a step.
func (r *run) enter(i int, reason Reason) {
	from := strconv.Itoa(r.Step + 1)
	if reason == Ready {
		from = ""
	}
	r.change(KindStep, from, strconv.Itoa(i+1), reason, r.Policy.Steps[i].String())
	r.Step, r.Live.Clock.Step = i, 0
	r.lift(ByStep, ByTime, ByInconclusive, ByGate)
	switch s := &r.Policy.Steps[i]; {
	case s.SetWeight != nil:
		r.Asked, r.began = *s.SetWeight, true
	case s.Pause != nil && s.Pause.Duration == 0:
		r.hold(ByStep, true, s.String())
	case s.Pause != nil:
		r.hold(ByTime, true, s.String())
	case s.Mirror != nil:
		r.Mirror = mirror(s.Mirror)
	case s.Bake != nil:
		r.to(Baking, reason, "")
	case s.Promote != nil:
		r.promote(reason, "")
	}
}

// promote begins the end of the rollout.
func (r *run) promote(reason Reason, message string) {
	r.to(Promoting, reason, message)
	r.Forced = r.Forced || r.has(ByFail)
	r.Step = max(0, len(r.Policy.Steps)-1)
	r.Mirror = policy.Mirror{}
	r.endOverride(reason)
	r.liftAll()
}

// jump goes to a step as if those before it were done.
func (r *run) jump(i int, reason Reason) {
	if r.Stage != Progressing {
		r.to(Progressing, reason, "")
	}
	var asked route.Weight
	r.Mirror = policy.Mirror{}
	for _, s := range r.Policy.Steps[:i+1] {
		if s.SetWeight != nil {
			asked = *s.SetWeight
		}
		if s.Mirror != nil {
			r.Mirror = mirror(s.Mirror)
		}
	}
	r.began = r.began || asked != r.Asked
	r.Asked = asked
	r.enter(i, reason)
}

// stepBack goes to the weight before the current one; false when there is none.
func (r *run) stepBack(reason Reason) bool {
	if r.Stage != Progressing && r.Stage != Baking {
		return false
	}
	i := r.lastWeight(r.lastWeight(r.Step) - 1)
	if i < 0 {
		return false
	}
	r.jump(i, reason)
	return true
}

// lastWeight is the last of the steps up to i that sets a weight; -1 for none.
func (s *State) lastWeight(i int) int {
	for ; i >= 0 && s.Policy.Steps[i].SetWeight == nil; i-- {
	}
	return i
}

// mirror is what a mirror step asks for; 0 % is none.
func mirror(m *policy.Mirror) policy.Mirror {
	if m.Percent == 0 {
		return policy.Mirror{}
	}
	return *m
}
