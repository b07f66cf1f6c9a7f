package rollout

import (
	"cmp"
	"fmt"

	"weir/rollout/detect"
	"weir/rollout/policy"
)

// begin starts a rollout of the version.
func (r *run) begin(v Version, reason Reason, message string) {
	fast := r.isFast(v.Key) || reason == Undone
	if r.Candidate.Key != v.Key {
		r.retire(r.Candidate, Aborted)
	}
	r.forget(v.Key)
	r.Revision++
	r.ID = r.in.Fresh
	if r.in.Policy != nil {
		r.Policy = *r.in.Policy
	}
	v.Revision, r.Actor = 0, ""
	r.Candidate, r.Updates, r.Fast, r.Forced, r.Marked = v, nil, fast, false, false
	r.Step, r.Since, r.Asked, r.Weight, r.Capped, r.Mirror = 0, 0, 0, 0, false, policy.Mirror{}
	passing := r.Live.Emerging.Passing
	if r.Live.Emerging.Key != v.Key {
		passing = 0
	}
	r.Live.Clock, r.Live.Verdict, r.Live.Emerging = Clock{Passing: passing}, Verdict{}, detect.Emerging{}
	r.liftAll()
	if r.Policy.Controls() {
		r.to(Preview, reason, message)
	} else {
		r.to(Promoting, reason, message)
	}
}

// isFast reports whether a version may come back without steps: it was stable a
// few revisions ago, and Nomad says that it is wanted now.
func (r *run) isFast(key string) bool {
	g := r.group(key)
	left := r.in.window()
	for i := len(r.Past) - 1; i >= 0 && left > 0; i-- {
		if r.Past[i].Why != Completed {
			continue
		}
		if left--; r.Past[i].Key == key {
			return r.isDeployedAgain(g, r.Past[i].Version)
		}
	}
	return false
}

// window is how many completed revisions back a version comes without steps.
func (in *Input) window() int {
	if in.Policy == nil {
		return 0
	}
	return in.Policy.RollbackWindow.Revisions
}

// emerge takes up the version that has come, if it has been there long enough
// and nothing is in its way.
func (r *run) emerge() bool {
	e := r.Live.Emerging
	if e.Key == "" || e.Present < r.Policy.Detect.Stabilise.Of() || r.in.Policy == nil || r.in.Fresh == "" || r.in.Seen == nil || r.Stable.Key == "" {
		return false
	}
	switch r.Stage {
	case Healthy, Aborted:
		r.takeUp(e.Key)
		return true
	case Preview, Progressing, Baking:
		if r.Policy.OnNewVersion == policy.Supersede && r.Override == nil {
			r.end(Superseded, Newer, e.Key+" came")
		}
	}
	return false
}

// takeUp begins a rollout, unless the version was aborted before.
func (r *run) takeUp(key string) {
	g := r.in.Seen.Find(key)
	at := r.past(key)
	if at < 0 || r.Past[at].Why != Aborted {
		r.begin(newVersion(g, r.in.At), Detected, r.came(g))
		return
	}
	if r.Stage == Aborted {
		r.retire(r.Candidate, Aborted)
	}
	r.Candidate = newVersion(g, r.in.At)
	r.forget(key)
	r.Live.Emerging = detect.Emerging{}
	r.to(Aborted, Known, key+" was aborted before; retry starts it again")
}

// came says how a version is there: for the first time, or by a revert.
func (r *run) came(g detect.Group) string {
	if at := r.past(g.Key); at >= 0 && g.Nomad != nil && r.isDeployedAgain(g, r.Past[at].Version) {
		return fmt.Sprintf("%s came back: version %d of job %s runs the same", g.Key, g.Nomad.JobVersion, g.Nomad.Job)
	}
	return g.Key + " came"
}

// end finishes the rollout.
func (r *run) end(outcome Phase, reason Reason, message string) {
	record := Record{
		Revision: r.Revision, ID: r.ID, Scope: r.Scope, Stable: r.Stable, Candidate: r.Candidate,
		Outcome: outcome, Reason: reason, Message: message, By: cmp.Or(r.Actor, r.by()),
		Step: r.Step, Took: r.Live.Clock.Total, At: r.in.At,
	}
	record.Stable.Instances, record.Candidate.Instances = nil, nil
	r.Last = &record
	r.actions = append(r.actions, record)
	r.to(outcome, reason, message)
	if outcome == Aborted {
		return // the candidate is still there
	}
	left, candidate := r.Candidate, r.Candidate
	if outcome == Completed {
		left = r.Stable
		candidate.Revision = r.Revision
		r.change(KindStable, r.Stable.Key, candidate.Key, reason, "")
		r.Stable = candidate
	}
	r.leave(left, outcome)
}

// leave puts a version with the past ones; there is no candidate then.
func (r *run) leave(v Version, why Phase) {
	r.retire(v, why)
	r.Candidate, r.Updates, r.Fast, r.Forced, r.Marked, r.Actor = Version{}, nil, false, false, false, ""
	r.Step, r.Since, r.Asked, r.Weight, r.Capped, r.Mirror = 0, 0, 0, 0, false, policy.Mirror{}
	r.Live.Clock, r.Live.Verdict = Clock{}, Verdict{}
	r.endOverride(r.Reason)
	r.liftAll()
}
