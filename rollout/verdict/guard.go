package verdict

import "weir/rollout/event"

// minGuarded is how many failures in the last rounds make the guard speak up.
const minGuarded = 5

// areBothBad reports whether, in the last rounds, both versions were above
// Rules.BadRateMax with the same kind of failure: a shared dependency is down.
// The evidence says nothing then, as it should, so somebody else must. One
// version that is bad alone is not paused for: a bad candidate fails, and a
// candidate that repairs a bad stable must get through.
func (e *Evidence) areBothBad() bool {
	if e.Rules.BadRateMax >= 1 {
		return false
	}
	var candidate, stable Tally
	for _, r := range e.Recent {
		candidate.add(r.Candidate)
		stable.add(r.Stable)
	}
	for _, met := range e.Rules.Events {
		if met.Facts().Kind == event.Failure && candidate.Bad[met]+stable.Bad[met] >= minGuarded &&
			candidate.isAbove(met, e.Rules.BadRateMax) && stable.isAbove(met, e.Rules.BadRateMax) {
			return true
		}
	}
	return false
}

// isAbove reports whether too many units met an event. No units are no excuse:
// the other version speaks for both.
func (t Tally) isAbove(met event.Event, most float64) bool {
	return t.Units == 0 || float64(t.Bad[met]) > most*float64(t.Units)
}
