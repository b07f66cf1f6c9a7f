package verdict

import (
	"math"

	"weir/rollout/event"
	"weir/route"
)

// Numbers of the test for PASS.
const (
	betterPoints = 10  // alternatives that are averaged over
	betterRatio  = 0.8 // of each to the one before
	// enoughStable is how many times the candidate's units stable must have for
	// its rate to count as known.
	enoughStable = 50
	// mostUnits is where the search for how many units are needed gives up.
	mostUnits = 1 << 40
)

// trial is what the test for PASS looks at. Counts are not whole when they are
// a forecast.
type trial struct {
	units, bad             float64 // of the candidate
	stableUnits, stableBad float64
	exposure               float64 // how often a client of the candidate comes, of stable's; 1 with Requests
	past                   bool    // stable's counts are of the time before the candidate had all traffic
}

// trial takes the counts of the widest stratum of the current step: what earlier
// steps showed says nothing of a fault that came since, and within one weight
// both versions lived through the same minutes. At 100 % nobody is on stable, so
// its last rate stands in.
func (e *Evidence) trial(met event.Event) (t trial, ok bool) {
	var widest *Stratum
	for i := range e.Strata {
		s := &e.Strata[i]
		if e.isCurrent(s.Step) && s.Weight > 0 && (widest == nil || s.Candidate.Units > widest.Candidate.Units) {
			widest = s
		}
	}
	if widest == nil || widest.Candidate.Units == 0 {
		return t, false
	}
	t.units, t.bad = e.rate(&widest.Candidate, met)
	control := widest
	for i := len(e.Strata) - 1; i >= 0 && widest.Weight == route.Full && control.Stable.Units == 0; i-- {
		control = &e.Strata[i]
	}
	t.stableUnits, t.stableBad = e.rate(&control.Stable, met)
	t.exposure, t.past = 1, control != widest
	if e.Rules.Unit == Clients && t.stableUnits > 0 && t.units > 0 {
		mine, theirs := float64(widest.Candidate.Units)/t.units, float64(control.Stable.Units)/t.stableUnits
		t.exposure = min(1, mine/theirs)
	}
	return t, t.units > 0
}

// rate is how many units one arm had and how many of them were bad. Once the
// memory of clients was halved, only so many of its visitors could have counted.
func (e *Evidence) rate(s *Side, met event.Event) (units, bad float64) {
	if e.Rules.Unit == Requests {
		return float64(s.Units), float64(s.Bad[met])
	}
	bad = float64(s.HitsNow[met])
	return max(bad, float64(s.Visitors>>e.HitNow.Level())), bad
}

// favour is the log of the evidence that the candidate's rate is below stable's
// plus the margin, and the log of how much of it is enough. Where stable's rate
// is itself uncertain its lower bound stands for it, and each of the two errors
// gets half of beta: an upper bound would let a bad candidate pass.
//
// The rate within a step is taken for steady; bursts make the test a little
// slower, and not wrong, because the mean over the step is what is compared.
func (r Rules) favour(t trial) (log, enough float64) {
	enough = -math.Log(r.Beta)
	rate := 0.0
	if t.stableUnits > 0 {
		rate = t.stableBad / t.stableUnits
	}
	if t.stableUnits < enoughStable*t.units {
		enough = -math.Log(r.Beta / 2)
		rate = leastRate(t.stableBad, t.stableUnits, enough)
	}
	limit := float64(rate*t.exposure) + r.Margin
	if limit >= 1 {
		return 0, enough
	}
	return likelihood(t.bad, t.units, limit, betterRatio), enough
}

// passes reports whether favour is enough. Stable's lower bound takes long to
// find, and is not needed where its rate itself would not do: the evidence grows
// with the limit.
func (r Rules) passes(t trial) bool {
	if t.stableUnits > 0 {
		limit := float64(t.stableBad/t.stableUnits*t.exposure) + r.Margin
		if limit < 1 && likelihood(t.bad, t.units, limit, betterRatio) < -math.Log(r.Beta) {
			return false
		}
	}
	log, enough := r.favour(t)
	return log >= enough
}

// likelihood is the log of how much better ten rates, each ratio times the one
// before, explain bad of units than the rate limit does, on average.
func likelihood(bad, units, limit, ratio float64) float64 {
	var sum logSum
	rate := limit
	for range betterPoints {
		rate = min(rate*ratio, 1-(1-rate)/2) // never 1
		sum.add(float64(bad*math.Log(rate/limit)) + float64((units-bad)*math.Log((1-rate)/(1-limit))))
	}
	return sum.mean()
}

// leastRate is the lower bound of a rate: the greatest one that is refuted from
// below with evidence enough (a log).
func leastRate(bad, units, enough float64) float64 {
	if bad == 0 {
		return 0
	}
	low, high := 0.0, bad/units
	for range 40 {
		middle := (low + high) / 2
		if middle > 0 && likelihood(bad, units, middle, 1/betterRatio) >= enough {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}

// needed is how many more units of the candidate it takes to pass if it behaves
// as stable does, 0 when it passes now or never will.
func (r Rules) needed(t trial) uint64 {
	if t.units == 0 {
		t.units = 1
	}
	passes := func(more float64) bool {
		grow, rate := 1.0, 0.0
		if !t.past {
			grow = 1 + more/t.units
		}
		if t.stableUnits > 0 {
			rate = t.stableBad / t.stableUnits
		}
		log, enough := r.favour(trial{units: t.units + more, bad: t.bad + float64(more*rate*t.exposure),
			stableUnits: t.stableUnits * grow, stableBad: t.stableBad * grow, exposure: t.exposure})
		return log >= enough
	}
	more := 1.0
	for ; !passes(more); more *= 2 {
		if more > mostUnits {
			return 0
		}
	}
	low := more / 2
	for more-low > 0.5 {
		if middle := (low + more) / 2; passes(middle) {
			more = middle
		} else {
			low = middle
		}
	}
	return uint64(math.Ceil(more))
}
