package rollout

import (
	"fmt"
	"strings"

	"weir/route"
)

// command does what a person asks for, or says why not. Asking for what is so
// already is no error.
func (r *run) command(c *Command) (refused string) {
	refused = r.obey(c)
	if len(r.changes) > 0 {
		r.Actor = c.By
	}
	r.steer()
	return refused
}

func (r *run) obey(c *Command) (refused string) {
	if c.Weight < 0 || c.Weight > route.Full {
		return fmt.Sprintf("weight %d is not from 0 to %d basis points", int(c.Weight), int(route.Full))
	}
	switch c.Verb {
	case Pause:
		return r.commandPause(c)
	case Resume:
		return r.commandResume()
	case Promote:
		return r.commandPromote(c)
	case Abort:
		return r.commandAbort(c)
	case Retry:
		return r.commandRetry(c)
	case Undo:
		return r.commandUndo(c)
	case ToStep:
		return r.commandStep(c)
	case SetWeight:
		return r.commandSetWeight(c)
	case Release:
		return r.commandRelease(c)
	}
	return fmt.Sprintf("there is no verb %q", c.Verb)
}

// noRollout says why nothing can be done now.
func (r *run) noRollout() string {
	switch r.Stage {
	case Aborting, Aborted:
		return fmt.Sprintf("the rollout of %s was aborted: retry it first", r.Candidate.Key)
	}
	return "there is no rollout under way; it is " + string(r.Stage)
}

func (r *run) commandPause(c *Command) string {
	if !r.isMoving() {
		return r.noRollout()
	}
	if !r.has(ByUser) {
		r.hold(ByUser, true, because("paused", c))
	}
	return ""
}

func (r *run) commandResume() string {
	switch {
	case !r.isMoving():
		return r.noRollout()
	case r.has(ByUser, ByExpiry, ByDeadline):
		if r.has(ByDeadline) {
			r.Live.Clock.Stage = 0
		}
		r.lift(ByUser, ByExpiry, ByDeadline)
		return ""
	case len(r.Holds) == 0:
		return "" // it goes on already
	}
	return "it is not paused by anybody; it waits for: " + r.waits()
}

// waits lists what the rollout waits for.
func (r *run) waits() string {
	var list []string
	for _, h := range r.Holds {
		list = append(list, h.Message)
	}
	return strings.Join(list, "; ")
}

func (r *run) commandPromote(c *Command) string {
	switch {
	case !r.isMoving():
		return r.noRollout()
	case r.Stage == Promoting && len(r.Holds) == 0:
		return "" // it is done already
	case c.Full:
		r.Forced = true
		if n := len(r.Policy.Steps); n > 0 {
			r.Asked = max(r.Asked, *r.Policy.Steps[r.lastWeight(n-1)].SetWeight)
		}
		r.promote(Asked, because("promoted to the end", c))
		return ""
	case r.Override != nil:
		return fmt.Sprintf("%s has set the weight: release it first", r.Override.By)
	case r.has(ByFail):
		return "the candidate failed: abort, or promote --full to insist"
	case r.Stage == Promoting:
		return "it is being promoted and waits for: " + r.waits()
	case r.has(ByGroup):
		return "it waits: " + r.waits() + "; promote --full goes past that, and to the end"
	case r.Stage == Preview && !r.has(ByIsolation):
		return "the instances of " + r.Candidate.Key + " do not pass yet"
	}
	r.lift(ByUser, ByExpiry, ByDeadline)
	if r.Stage == Preview {
		r.promote(Asked, because("promoted", c))
	} else {
		r.enter(r.Step+1, Asked) // the last step is promote, whose stage is another
	}
	return ""
}

func (r *run) commandAbort(c *Command) string {
	switch {
	case r.Stage == Aborting || r.Stage == Aborted:
		return ""
	case !r.isMoving():
		return r.noRollout()
	}
	r.abort(Asked, because("aborted", c))
	return ""
}

func (r *run) commandRetry(c *Command) string {
	switch {
	case r.Stage != Aborted:
		return "only an aborted rollout can be begun again; it is " + string(r.Stage)
	case r.in.Fresh == "":
		return "no ID is given for the rollout"
	}
	r.begin(r.Candidate, Asked, because("begun again", c))
	return ""
}

// commandStep goes to a step, or back to the weight before.
func (r *run) commandStep(c *Command) string {
	n := len(r.Policy.Steps)
	switch {
	case r.Stage != Progressing && r.Stage != Baking:
		return "there are no steps under way; it is " + string(r.Stage)
	case r.Override != nil:
		return fmt.Sprintf("%s has set the weight: release it first", r.Override.By)
	case r.has(ByFail):
		return "the candidate failed: abort, or promote --full to insist"
	case c.Back:
		if !r.stepBack(Asked) {
			return "there is no weight before this one: abort instead"
		}
		return ""
	case c.Step < 1 || c.Step > n:
		return fmt.Sprintf("there is no step %d, there are 1 to %d", c.Step, n)
	}
	r.jump(c.Step-1, Asked)
	return ""
}

// because says what a person did, and why.
func because(what string, c *Command) string {
	if c.By != "" {
		what += " by " + c.By
	}
	if c.Reason != "" {
		what += ": " + c.Reason
	}
	return what
}
