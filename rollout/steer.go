package rollout

import (
	"weir/rollout/detect"
	"weir/rollout/verdict"
	"weir/route"
)

// steer moves the weight to where it is to be. It is the only place that raises
// it, but for a person's own weight. Down is always at once.
func (r *run) steer() {
	target := r.target()
	// A command does not know what runs, and so not whether that is enough.
	r.Capped = r.Override == nil && r.isMoving() && r.Stage != Preview && target < r.Asked && (r.in.Seen != nil || r.Capped)
	if target < r.Weight || r.Override != nil || target > r.Weight && r.mayRaise() {
		r.Weight = target
	}
}

// target is the weight that is wanted now.
func (r *run) target() route.Weight {
	switch {
	case r.Override != nil:
		return r.Override.Weight
	case !r.isMoving() || r.Stage == Preview:
		return 0
	case r.in.Seen == nil:
		return min(r.Asked, r.Weight)
	}
	return min(r.Asked, r.capacity())
}

// capacity is the most that the candidate's instances may get.
func (r *run) capacity() route.Weight {
	if r.Stage == Promoting && !r.Policy.Controls() {
		return r.byInstances()
	}
	most := detect.Capacity(r.group(r.Candidate.Key).Up, r.group(r.Stable.Key).Up, r.Policy.Guards.Ratio)
	if r.Stage == Promoting {
		return max(most, r.byInstances())
	}
	return most
}

// byInstances is the candidate's part of the instances that are up.
func (r *run) byInstances() route.Weight {
	return detect.Capacity(r.group(r.Candidate.Key).Up, r.group(r.Stable.Key).Up, 1)
}

// mayRaise reports whether the candidate may get more: the leader says so, it
// knows what runs, nothing holds the rollout, the proxies have the weight that
// there is, and the verdict is no failure. Where the candidate has had requests
// and is not promoted yet, the verdict must be known.
func (r *run) mayRaise() bool {
	if !r.in.Leader || r.in.StoreAway || r.in.Seen == nil || !r.hadAcked() || r.isHeld(ByStep, ByTime, ByNomad, ByDeadline) {
		return false
	}
	v := r.verdict()
	switch {
	case r.Forced || !r.Policy.Controls():
		return true
	case v == nil:
		return r.Weight == 0 || r.Stage == Promoting
	}
	return v.Outcome != verdict.Fail && v.Outcome != verdict.Pause
}
