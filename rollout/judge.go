package rollout

import (
	"fmt"

	"weir/rollout/policy"
	"weir/rollout/verdict"
)

// judge takes in the verdict.
func (r *run) judge() {
	v := r.verdict()
	if v == nil || !r.isMoving() {
		return
	}
	r.Live.Verdict = Verdict{v.Outcome, v.Reason, v.E, v.Enough, v.Since}
	bothBad := v.Outcome == verdict.Pause
	if bothBad && r.Policy.Analysis.SLO.Action == policy.SLOAbort && r.Override == nil {
		r.abort(BothBad, "both versions are bad: "+explain(v))
		return
	}
	r.hold(BySLO, bothBad, "both versions are bad: "+v.Leading.String())
	if v.Outcome == verdict.Fail && !r.Forced {
		r.fail(VerdictFail, explain(v))
	}
}

// verdict is the leader's on this rollout; nil when there is none.
func (r *run) verdict() *Judged {
	if v := r.in.Verdict; v != nil && v.Rollout == r.ID && r.Policy.Controls() {
		return v
	}
	return nil
}

// outcome is the verdict on the current step; empty when there is none.
func (r *run) outcome() verdict.Outcome {
	if v := r.verdict(); v != nil && v.Since == r.Since {
		return v.Outcome
	}
	return ""
}

func explain(v *Judged) string {
	return fmt.Sprintf("%s, evidence %.3g of %.3g", v.Leading, v.E, v.Enough)
}

// fail does what the policy says about a candidate that failed. Once is enough:
// after that a person decides.
func (r *run) fail(reason Reason, message string) {
	switch way := r.Policy.OnFail; {
	case r.has(ByFail):
	case r.Override != nil && !r.Policy.OverrideAbort:
		r.hold(ByFail, true, fmt.Sprintf("%s; the weight that %s set stays", message, r.Override.By))
	case r.Stage == Promoting && r.group(r.Stable.Key).Up == 0:
		r.hold(ByFail, true, message+"; no instance of stable is left to go back to")
	case way == policy.Freeze:
		r.hold(ByFail, true, message)
	case way == policy.StepBack && r.stepBack(reason):
		r.hold(ByFail, true, message)
	default:
		r.abort(reason, message)
	}
}

// abort takes all traffic back to stable.
func (r *run) abort(reason Reason, message string) {
	r.to(Aborting, reason, message)
	r.Asked, r.Weight, r.Capped, r.Forced = 0, 0, false, false
	r.Mirror = policy.Mirror{}
	r.endOverride(reason)
	r.liftAll()
}

// endOverride lets go of a weight that a person set.
func (r *run) endOverride(reason Reason) {
	if r.Override != nil {
		r.change(KindOverride, r.Override.Weight.String(), "", reason, "")
		r.Override = nil
	}
}
