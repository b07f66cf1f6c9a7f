package rollout

import (
	"fmt"
	"time"
)

// overrideFor is how long a weight stays that a person sets without a time.
const overrideFor = time.Hour

// commandSetWeight sets the weight by hand. No guard stands against it: a
// person's weight wins until it is let go of.
func (r *run) commandSetWeight(c *Command) string {
	switch {
	case !r.isMoving():
		return r.noRollout()
	case !r.Policy.Controls():
		return "the policy leaves the weights to the tags: strategy " + string(r.Policy.Strategy)
	case r.Stage == Promoting:
		return "it is being promoted: the weight follows the instances"
	case c.For < 0:
		return fmt.Sprintf("a time of %s is below 0", c.For)
	case c.Weight > 0 && r.group(r.Candidate.Key).Up == 0:
		return "no instance of " + r.Candidate.Key + " is up"
	}
	o := &Override{Weight: c.Weight, For: c.For, By: c.By, Reason: c.Reason, At: r.in.At}
	if o.For == 0 {
		o.For = overrideFor
	}
	from := r.Weight.String()
	r.Override, r.Live.Clock.Override = o, 0
	r.lift(ByExpiry)
	r.change(KindOverride, from, o.Weight.String(), Asked, because("set", c))
	return ""
}

// commandRelease lets go of the weight. The rollout goes on at the last step
// whose weight is not above it, or begins its step again.
func (r *run) commandRelease(c *Command) string {
	if r.Override == nil {
		return "nobody has set the weight"
	}
	weight := r.Override.Weight
	r.endOverride(Asked)
	r.lift(ByFail, ByExpiry) // a candidate that failed fails again, now by the policy
	at := -1
	for i, s := range r.Policy.Steps {
		if s.SetWeight != nil && *s.SetWeight <= weight {
			at = i
		}
	}
	switch {
	case c.Here && at >= 0:
		r.jump(at, Asked)
	case r.Stage != Preview:
		r.jump(r.Step, Asked)
	}
	return ""
}
