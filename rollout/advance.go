package rollout

import (
	"fmt"

	"weir/rollout/policy"
	"weir/rollout/verdict"
	"weir/route"
)

// advance goes on to the next stage or step if the time has come. It reports
// whether it did, so that the next may follow at once.
func (r *run) advance() bool {
	if r.emerge() {
		return true
	}
	switch r.Stage {
	case Preview:
		return r.leavePreview()
	case Progressing, Baking:
		return r.leaveStep()
	case Promoting:
		return r.leavePromoting()
	case Aborting:
		if r.acked() {
			r.end(Aborted, r.Reason, r.Message)
		}
	case Aborted:
		if r.Live.Clock.Gone >= r.Policy.Guards.CandidateLost.Grace.Of() {
			r.to(Healthy, Gone, r.Candidate.Key+" left")
			r.leave(r.Candidate, Aborted)
			return true
		}
	}
	return false
}

// leavePreview begins the steps when enough instances pass and every proxy
// knows of the candidate.
func (r *run) leavePreview() bool {
	g := r.group(r.Candidate.Key)
	passes := r.Live.Clock.Passing >= r.Policy.Detect.Stabilise.Of() && g.Up > 0
	r.hold(ByIsolation, passes && g.OnRoute == 0, r.isolated())
	r.awaitGroup(passes)
	if !passes || !r.acked() || r.isHeld() || !r.hasGroup() || r.Override != nil {
		return false
	}
	r.to(Progressing, Ready, fmt.Sprintf("%d of %d instances pass", g.Up, g.All))
	first := 0
	if r.Fast {
		first = r.lastWeight(len(r.Policy.Steps) - 1)
	}
	r.enter(first, Ready)
	return true
}

// leaveStep goes on to the next step when this one is done.
func (r *run) leaveStep() bool {
	if r.Override != nil || r.isHeld(ByStep, ByTime, ByInconclusive, ByGate) {
		return false
	}
	done, reason := r.isDone(&r.Policy.Steps[r.Step])
	if !done {
		return false
	}
	next := r.Step + 1
	if r.Fast {
		next = len(r.Policy.Steps) - 1
	}
	r.enter(next, reason)
	return true
}

// isDone reports whether a step is done, and why.
func (r *run) isDone(s *policy.Step) (bool, Reason) {
	elapsed := r.Live.Clock.Step
	switch {
	case s.SetWeight != nil:
		return r.acked() && r.Weight == r.target(), Acked
	case s.Pause != nil:
		return s.Pause.Duration > 0 && elapsed >= s.Pause.Duration.Of(), StepDone
	case s.Gate != nil:
		return r.isGateOpen(s.Gate), StepDone
	case s.Analysis != nil && s.Analysis.Until == policy.UntilTime:
		return elapsed >= s.Analysis.Max.Of() && r.outcome() != "", StepDone
	case s.Analysis != nil:
		return r.hasVerdict(r.outcome() == verdict.Pass, elapsed >= s.Analysis.Max.Of(), s.Analysis.OnInconclusive)
	case s.Bake != nil:
		over := elapsed >= s.Bake.Duration.Of()
		return r.hasVerdict(over && r.outcome() == verdict.Pass, over, s.Bake.OnInconclusive)
	}
	return true, StepDone // preview and mirror
}

// hasVerdict waits for the verdict until the time is over.
func (r *run) hasVerdict(passed, over bool, otherwise policy.OnInconclusive) (bool, Reason) {
	switch {
	case passed:
		return true, VerdictPass
	case !over:
	case otherwise == policy.PromoteOn:
		return true, NoVerdict
	case otherwise == policy.AbortOn:
		r.abort(NoVerdict, "no verdict in time")
	default:
		r.hold(ByInconclusive, true, "no verdict in time: promote or abort, or wait for it")
	}
	return false, NoVerdict
}

// isGateOpen asks a gate.
func (r *run) isGateOpen(g *policy.Gate) bool {
	said, ok := r.in.Gates[g.Name]
	over := r.Live.Clock.Step >= g.Timeout.Of()
	if !ok && over && g.OnTimeout != policy.Wait {
		said, ok = Said{g.OnTimeout, "no answer after " + g.Timeout.String()}, true
	}
	switch {
	case !ok:
		r.actions = append(r.actions, AskGate{r.Step, *g})
		r.hold(ByGate, over, "the gate "+g.Name+" has not answered")
		return false
	case said.Answer == policy.Yes:
		return true
	}
	r.fail(GateSaidNo, "the gate "+g.Name+" says no: "+said.Message)
	return false
}

// leavePromoting follows the instances until the candidate is all there is.
func (r *run) leavePromoting() bool {
	r.Asked = max(r.Asked, r.byInstances())
	promoted := r.askNomad()
	c, d := &r.Live.Clock, r.deployment()
	stable := r.group(r.Stable.Key)
	done, reason := false, r.Reason
	switch controls := r.Policy.Controls(); {
	case !promoted || r.isHeld(ByDeadline) || r.in.Seen == nil || !r.acked() || r.Weight != route.Full:
	case d != nil && d.Status == nomadSuccessful:
		done = true
	case d != nil || !controls:
		done, reason = stable.All == 0 && c.Gone >= promoteGrace, Replaced
	default:
		done = c.Stage >= promoteGrace
	}
	if done {
		r.end(Completed, reason, r.Candidate.Key+" is stable now")
	}
	return done
}
