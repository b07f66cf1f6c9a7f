package rollout

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"weir/rollout/detect"
	"weir/rollout/policy"
)

// Statuses of a deployment, as Nomad names them.
const (
	nomadRunning    = "running"
	nomadPaused     = "paused"
	nomadSuccessful = "successful"
	nomadFailed     = "failed"
	nomadCancelled  = "cancelled"
)

// nomadMode is what weir may do in Nomad in this rollout.
func (s *State) nomadMode() policy.Nomad {
	if n := len(s.Policy.Steps); n > 0 {
		return s.Policy.NomadOf(s.Policy.Steps[n-1].Promote)
	}
	return s.Policy.Nomad
}

// deployment is Nomad's deployment of the candidate; nil when it is not known.
func (r *run) deployment() *Deployment {
	d := r.in.Deployment
	if d == nil || r.Candidate.Nomad == nil || d.JobVersion != r.Candidate.Nomad.JobVersion || r.nomadMode() == policy.NomadOff {
		return nil
	}
	return d
}

// isOld reports whether Nomad has gone on to another job version: what runs of
// the candidate is what is left of it, or was kept on purpose.
func (r *run) isOld() bool {
	return r.in.Latest != nil && r.in.Latest.JobVersion > r.Candidate.jobVersion()
}

// listen follows what happens in Nomad.
func (r *run) listen() {
	d := r.deployment()
	if d == nil {
		r.listenToTags()
		return
	}
	if d.ID() != r.Candidate.Nomad.Deployment {
		n := *r.Candidate.Nomad
		n.Deployment = d.ID()
		r.Candidate.Nomad = &n
		r.change(KindSeen, "", d.ID(), "", "the deployment of "+r.Candidate.Key)
	}
	r.noteJob(d.Updates)
	switch waiting := r.isMoving() && r.Stage != Promoting; {
	case waiting && (d.Promoted || d.Status == nomadSuccessful):
		r.promote(ExternalPromote, "the deployment was promoted in Nomad")
	case r.isMoving() && d.Status == nomadCancelled:
		r.abort(NomadCancelled, "Nomad cancelled the deployment: "+d.Description)
	case r.isMoving() && d.Status == nomadFailed && (waiting || r.group(r.Stable.Key).Up > 0):
		if strings.Contains(d.Description, "marked as failed") {
			r.abort(ExternalFail, "the deployment was failed in Nomad: "+d.Description)
		} else {
			r.abort(NomadFailed, "Nomad failed the deployment: "+d.Description)
		}
	}
	r.takeBack(d)
}

// isRevert reports whether the candidate was stable before, and a job version
// has come that runs the same.
func (r *run) isRevert() bool { return r.Fast && r.Candidate.jobVersion() > r.Stable.jobVersion() }

// isolated says why a candidate gets no share that has no route of stable.
func (r *run) isolated() string {
	n, d := r.Candidate.Nomad, r.deployment()
	text := r.Candidate.Key + " is not on the route of stable, only on its own hostname: "
	if n != nil && r.isRevert() {
		text = fmt.Sprintf("version %d of job %s is a revert to %s, which is a canary again, only on its own hostname: ", n.JobVersion, n.Job, r.Candidate.Key)
	}
	switch {
	case d == nil:
		return text + "promote it there"
	case r.nomadMode() == policy.NomadAuto:
		return text + "promote, and weir promotes it in Nomad"
	}
	return text + "promote it in Nomad; " + promoteCommand(d)
}

// noteRevert shows a revert to stable that is a canary deployment itself: Nomad
// keeps what failed until somebody promotes that.
func (r *run) noteRevert() {
	d, n := r.in.Latest, r.Stable.Nomad
	waits := !r.isMoving() && d != nil && n != nil && r.nomadMode() != policy.NomadOff && d.Job == n.Job && d.Spec == n.Spec && d.Spec != "" &&
		(d.Status == nomadRunning || d.Status == nomadPaused) && d.CanariesWanted > 0 && !d.Promoted
	text := ""
	if waits {
		text = fmt.Sprintf("version %d of job %s is a revert to %s and waits for its promotion in Nomad; %s", d.JobVersion, d.Job, r.Stable.Key, promoteCommand(d))
	}
	r.hold(ByRevert, waits, text)
}

// noteJob keeps what the job says of updates, and tells once what of it will not
// go as one may think.
func (r *run) noteJob(job *detect.Job) {
	if job == nil || r.Updates != nil && *r.Updates == *job {
		return
	}
	r.Updates = job
	lints := job.Lints(r.group(r.Candidate.Key))
	for _, l := range lints {
		r.change(KindNote, "", l.Code, "", l.Message)
	}
	if len(lints) == 0 {
		r.change(KindSeen, "", r.Candidate.Key, "", "what its job says of updates")
	}
}

// listenToTags finds out without Nomad that somebody promoted: the instances
// that were registered as canaries are not any more.
func (r *run) listenToTags() {
	g := r.group(r.Candidate.Key)
	if r.in.Seen != nil && r.isMoving() && r.Stage != Promoting && r.Marked && g.Up > 0 && g.Marked == 0 {
		r.promote(ExternalPromote, "the instances are not registered as canaries any more")
	}
}

// takeBack asks Nomad to give up an aborted version.
func (r *run) takeBack(d *Deployment) {
	if r.Stage != Aborted {
		return
	}
	runs := d.Status == nomadRunning || d.Status == nomadPaused
	back := d.Status == nomadFailed && !d.AutoRevert && !r.isOld() && r.Stable.Nomad != nil && r.Stable.Nomad.JobVersion != d.JobVersion
	switch r.nomadMode() {
	case policy.NomadAuto:
		if runs && r.isTimeToAsk() {
			r.actions = append(r.actions, FailDeployment{d.Nomad})
		}
		if back && r.isTimeToAsk() {
			r.actions = append(r.actions, RevertJob{*r.Stable.Nomad, d.Nomad})
		}
	case policy.NomadAsk:
		text := ""
		switch {
		case runs:
			text = "run: " + d.Command("deployment fail", d.ID())
		case back:
			text = revertCommand(*r.Stable.Nomad)
		}
		r.hold(ByNomad, text != "", text)
	}
}

func revertCommand(n detect.Nomad) string {
	return "run: " + n.Command("job revert", n.Job, strconv.FormatUint(n.JobVersion, 10))
}

// promoteCommand promotes the task group alone.
func promoteCommand(d *Deployment) string {
	args := []string{d.ID()}
	if d.Group != "" {
		args = []string{"-group", d.Group, d.ID()}
	}
	return "run: " + d.Command("deployment promote", args...)
}

// ID is the deployment's ID.
func (d *Deployment) ID() string { return d.Deployment }

// retryAfter is how long an answer of Nomad is awaited.
const retryAfter = 15 * time.Second

// isTimeToAsk reports whether Nomad may be asked now, and notes that it is.
func (r *run) isTimeToAsk() bool {
	if c := &r.Live.Clock.Retry; *c == 0 || *c > retryAfter {
		*c = 1 // not 0: it runs
		return true
	}
	return false
}

// askNomad asks Nomad to promote, or says why it cannot be asked. It reports
// whether the promotion is done, or none is wanted.
func (r *run) askNomad() bool {
	d, mode := r.deployment(), r.nomadMode()
	why := ""
	switch {
	case mode == policy.NomadOff || r.Candidate.Nomad == nil || r.isOld():
	case d == nil:
		why = "Nomad has not told of the deployment of " + r.Candidate.Key
	case d.Promoted || d.Status == nomadSuccessful || d.CanariesWanted == 0:
	case d.Problem != "":
		why = "Nomad says: " + d.Problem
	case d.CanariesHealthy < d.CanariesWanted:
		why = fmt.Sprintf("%d of %d canaries are healthy", d.CanariesHealthy, d.CanariesWanted)
	case d.Status != nomadRunning:
		why = "the deployment is " + d.Status
	case mode == policy.NomadAsk:
		why = promoteCommand(d)
	case mode == policy.NomadObserve:
		why = "Nomad has not promoted, and the policy leaves that to others"
	default:
		why = "Nomad is asked to promote"
	}
	r.hold(ByNomad, why != "", why)
	if mode == policy.NomadAuto && d != nil && d.Status == nomadRunning && !d.Promoted &&
		d.CanariesHealthy >= d.CanariesWanted && d.CanariesWanted > 0 && !r.has(ByUser, ByFail) && r.isTimeToAsk() {
		r.actions = append(r.actions, PromoteDeployment{d.Nomad})
	}
	return why == ""
}
