package rollout

import "slices"

// has reports whether one of the causes holds the rollout.
func (s *State) has(causes ...Cause) bool {
	return slices.ContainsFunc(s.Holds, func(h Hold) bool { return slices.Contains(causes, h.Cause) })
}

// hold makes the cause hold the rollout exactly if on is true.
func (r *run) hold(c Cause, on bool, message string) {
	if !on {
		r.lift(c)
		return
	}
	at := slices.IndexFunc(r.Holds, func(h Hold) bool { return h.Cause == c })
	switch {
	case at < 0:
		r.Holds = append(r.Holds, Hold{c, message, r.by(), r.in.At})
		r.change(KindHold, "", string(c), "", message)
	case r.Holds[at].Message != message:
		r.Holds[at].Message = message
		r.change(KindHold, string(c), string(c), "", message)
	}
}

// lift ends the causes.
func (r *run) lift(causes ...Cause) {
	r.Holds = slices.DeleteFunc(r.Holds, func(h Hold) bool {
		ends := slices.Contains(causes, h.Cause)
		if ends {
			r.change(KindHold, string(h.Cause), "", "", "")
		}
		return ends
	})
	if len(r.Holds) == 0 {
		r.Holds = nil
	}
}

// liftAll ends every cause.
func (r *run) liftAll() {
	for len(r.Holds) > 0 {
		r.lift(r.Holds[0].Cause)
	}
}

// isHeld reports whether something holds the rollout besides the causes.
func (s *State) isHeld(besides ...Cause) bool {
	return slices.ContainsFunc(s.Holds, func(h Hold) bool { return !slices.Contains(besides, h.Cause) })
}

// waitsForPeople reports whether the rollout goes on only when a person acts.
func (s *State) waitsForPeople() bool {
	return s.Override != nil || s.has(ByUser, ByStep, ByInconclusive, ByFail, ByGate, ByDeadline, ByNomad, ByExpiry, ByIsolation)
}
