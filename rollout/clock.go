package rollout

import "time"

// pass lets the clocks run.
func (r *run) pass(e time.Duration) {
	c := &r.Live.Clock
	acked := r.acked()
	count(&c.Unacked, !acked, e)
	if r.Override != nil {
		c.Override += e
	}
	if c.Retry > 0 {
		c.Retry += e
	}
	if r.in.Seen != nil {
		r.passSeen(e)
	}
	if !r.isActive() {
		return
	}
	if !r.waitsForPeople() && !r.has(ByGroup) {
		c.Total += e
	}
	if !r.isHeld(ByTime) && r.Override == nil {
		c.Stage += e
	}
	if acked && !r.isHeld(ByStep, ByTime) && r.Override == nil {
		c.Step += e
	}
}

// passSeen lets the clocks run that depend on what is seen.
func (r *run) passSeen(e time.Duration) {
	c, candidate := &r.Live.Clock, r.group(r.Candidate.Key)
	count(&c.Passing, candidate.Up >= max(1, r.Policy.Detect.MinInstances), e)
	count(&c.Lost, r.isMoving() && r.isLost(), e)
	switch r.Stage {
	case Promoting:
		count(&c.Gone, r.group(r.Stable.Key).All == 0, e)
	case Aborted:
		count(&c.Gone, candidate.All == 0, e)
	}
	for i := range r.Past {
		r.passPast(&r.Past[i], e)
	}
}

// count adds to a clock while on, and sets it back otherwise.
func count(clock *time.Duration, on bool, e time.Duration) {
	if *clock += e; !on {
		*clock = 0
	}
}
