package arms

import (
	"time"

	"weir/rollout/detect"
	"weir/rollout/verdict"
	"weir/route"
)

// look is between two looks at what speaks against a candidate on this proxy alone.
const look = 5 * time.Second

// spare keeps clients from the candidate while the breaker is open: they stay on
// stable, and are not counted. Who was pinned to it still reaches it.
func (r *run) spare(t route.Ticket) route.Ticket {
	until := r.until.Load()
	if until == 0 || time.Now().UnixNano() >= until || t.Pinned != "" {
		return t
	}
	t.Pinned, t.Counts = detect.Stable, false
	return t
}

// judge looks at this proxy's own counters.
func (r *run) judge(now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	report := r.counter.Report()
	if len(report.Generations) == 0 {
		return
	}
	if r.own == nil {
		own, err := verdict.New(r.policy.Rules(), 1)
		if err == nil {
			err = own.Begin(report.Generations[0].Generation)
		}
		if err != nil {
			return // rules that no policy has
		}
		r.own = own
	}
	r.own.Add(report)
	r.trip(r.breaker.Judged(verdict.DefaultBreakerRules(), now, r.own.Decide()))
}

// trip goes on with the breaker.
func (r *run) trip(next verdict.Breaker) {
	if next.Until.After(r.breaker.Until) {
		r.until.Store(next.Until.UnixNano())
		r.log.Warn("this proxy spares the candidate for a while", "scope", r.scope.String(), "rollout", r.id, "until", next.Until, "reason", next.Why)
	}
	r.breaker = next
}
