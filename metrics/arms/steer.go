package arms

import (
	"maps"
	"time"

	"weir/rollout"
	"weir/rollout/detect"
	"weir/route"
)

// looks is how often the controller is asked again when a state has changed
// between two questions. After that the next change, which is under way, counts.
const looks = 3

// Steer implements registry.Rollouts: what the controller says, with a trial for
// each rollout that sets weights.
func (a *Arms) Steer(instances []route.Instance) (to route.Steering) {
	for range looks {
		to = a.Rollouts.Steer(instances)
		if a.follow(&to, time.Now()) {
			break
		}
	}
	return to
}

// follow adds the trials. It reports false when a state is newer than what the
// instances and intents were made of; its scope then has none.
func (a *Arms) follow(to *route.Steering, now time.Time) (same bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	same, to.Trials = true, map[route.Scope]*route.Trial{}
	maps.DeleteFunc(a.runs, func(s route.Scope, _ *run) bool { _, there := to.Generations[s]; return !there })
	for scope, generation := range to.Generations {
		r := a.runs[scope]
		if r == nil || r.trial.Generation != generation {
			known, _ := a.Get(scope)
			if known.Generation != generation {
				same = false
				continue
			}
			if r = a.next(r, &known.State); r == nil {
				delete(a.runs, scope)
				continue
			}
			a.runs[scope] = r
		}
		to.Trials[scope] = r.trial
	}
	a.note(to.Instances, now)
	a.begin(to.Drains, now)
	return same
}

// next is the run of a state, which goes on where it is of the same rollout; nil
// when there is none.
func (a *Arms) next(before *run, s *rollout.State) *run {
	routing := s.Routing()
	if !routing.Controlled || routing.Candidate == "" || routing.Rollout == "" {
		return nil
	}
	r := before
	if before == nil || before.id != s.ID {
		r = newRun(a.conf, a.epoch, s)
		if r.complete(a.secret) != nil {
			a.want()
		}
	}
	r.trial = &route.Trial{Generation: s.Generation, Rollout: s.ID, Candidate: detect.Candidate, Splitter: r, Mirror: mirrorOf(routing.Mirror)}
	return r
}

// instance names one as targets do.
type instance struct{ service, id string }

// note remembers when each instance of a candidate came up, and tells the runs.
func (a *Arms) note(instances []route.Instance, now time.Time) {
	if len(a.runs) == 0 {
		a.young = nil // those who count may still read the one before
		return
	}
	next := map[instance]time.Time{}
	for i := range instances {
		in := &instances[i]
		if in.Variant != detect.Candidate || !in.Up {
			continue
		}
		name := instance{in.Service, in.ID}
		came, known := a.young[name]
		if !known {
			came = now
		}
		next[name] = came
	}
	a.young = next
	came := newArrivals(next)
	for _, r := range a.runs {
		r.came.Store(came)
	}
}
