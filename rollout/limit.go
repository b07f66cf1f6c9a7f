package rollout

import (
	"fmt"

	"weir/rollout/policy"
)

// limit does what is due when a time is over.
func (r *run) limit() {
	r.awaitAcks()
	if !r.isMoving() {
		return
	}
	c, p := &r.Live.Clock, &r.Policy
	if r.Override != nil && c.Override >= r.Override.For {
		r.hold(ByExpiry, true, fmt.Sprintf("the weight that %s set ran out", r.Override.By))
		r.endOverride(Expired)
		r.lift(ByFail) // a candidate that failed fails again, now by the policy
	}
	switch {
	case r.has(ByCandidate) && c.Lost >= p.Guards.CandidateLost.Grace.Of() && p.Guards.CandidateLost.Action == policy.LostAbort &&
		r.group(r.Stable.Key).Up > 0:
		r.abort(r.whyLost())
	case r.Stage == Preview && c.Stage >= p.Deadlines.Progress.Of():
		g := r.group(r.Candidate.Key)
		r.abort(ProgressDeadline, fmt.Sprintf("%d of %d instances passed after %s", g.Up, g.All, p.Deadlines.Progress))
	case r.Stage == Promoting && c.Stage >= p.Deadlines.Progress.Of():
		r.hold(ByDeadline, true, fmt.Sprintf("the promotion takes longer than %s", p.Deadlines.Progress))
	case r.Stage != Promoting && c.Total >= p.Deadlines.Total.Of():
		r.abort(TotalDeadline, fmt.Sprintf("the rollout takes longer than %s", p.Deadlines.Total))
	}
}

// whyLost tells the ways apart in which a candidate can vanish.
func (r *run) whyLost() (Reason, string) {
	g := r.group(r.Candidate.Key)
	if g.All > 0 {
		return Critical, fmt.Sprintf("none of %d instances of %s pass", g.All, r.Candidate.Key)
	}
	return Gone, "the instances of " + r.Candidate.Key + " left"
}
