package verdict

import (
	"fmt"
	"time"

	"weir/rollout/event"
)

// BreakerRules says when one proxy stops sending to the candidate by itself,
// without asking anyone. It may only ever lower the candidate's share.
type BreakerRules struct {
	ConnectFailures int           // consecutive ones on the candidate, at least 1
	E               float64       // evidence against it from this proxy's own counters, above 1
	Rest            time.Duration // how long the proxy then sends it nothing
}

// DefaultBreakerRules trips after 5 failed connections in a row, or with
// evidence that a good candidate shows once in 1000 rollouts.
func DefaultBreakerRules() BreakerRules {
	return BreakerRules{ConnectFailures: 5, E: 1000, Rest: 30 * time.Second}
}

// Breaker is the state of one proxy's breaker for one candidate. The zero value
// is closed. It is a plain value: each method returns the state that follows.
type Breaker struct {
	Streak int       // failed connections since the last good one
	Until  time.Time // it is open until then
	Why    string    // why it opened last, for the report to the others
}

// IsOpen reports whether the candidate gets nothing now.
func (b Breaker) IsOpen(now time.Time) bool { return now.Before(b.Until) }

// Attempted follows an attempt on the candidate.
func (b Breaker) Attempted(r BreakerRules, now time.Time, met event.Set) Breaker {
	if !met.Has(event.ConnectFail) {
		b.Streak = 0
		return b
	}
	if b.Streak++; b.Streak < r.ConnectFailures || b.IsOpen(now) {
		return b
	}
	return b.open(r, now, fmt.Sprintf("%d connections to the candidate failed in a row", b.Streak))
}

// Judged follows a decision on this proxy's own evidence. The evidence does not
// go away while the breaker rests: it opens again until a person or the leader
// has acted.
func (b Breaker) Judged(r BreakerRules, now time.Time, d Decision) Breaker {
	if d.E < r.E || b.IsOpen(now) {
		return b
	}
	return b.open(r, now, fmt.Sprintf("%s speaks against the candidate on this proxy alone, evidence %.3g of %.3g", d.Leading, d.E, r.E))
}

// open opens the breaker. The streak begins anew, so that the candidate gets as
// many attempts after the rest as before.
func (b Breaker) open(r BreakerRules, now time.Time, why string) Breaker {
	return Breaker{Until: now.Add(r.Rest), Why: why}
}
