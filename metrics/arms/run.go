package arms

import (
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"weir/proxy/exchange"
	"weir/rollout"
	"weir/rollout/cohort"
	"weir/rollout/event"
	"weir/rollout/policy"
	"weir/rollout/verdict"
	"weir/route"
)

// run is one rollout on this proxy: how it draws, and what it has counted. It is
// the route.Splitter of its trials.
type run struct {
	id     string
	scope  route.Scope
	log    *slog.Logger
	salt   string
	policy policy.Policy // as it was when the rollout began
	trial  *route.Trial  // of the current generation; guarded by Arms.mu

	cohorts atomic.Pointer[cohort.Splitter] // nil until the secret is known
	came    atomic.Pointer[arrivals]

	until atomic.Int64 // the breaker is open until then, in Unix nanoseconds; 0: never was

	mu       sync.Mutex
	breaker  verdict.Breaker
	own      *verdict.Evidence // of this proxy's counters, for the breaker
	counter  *verdict.Counter
	requests requestRules
	sessions sessionRules
	copies   *copies // nil before the first
}

func newRun(c Config, epoch uint64, s *rollout.State) *run {
	rules := s.Policy.Rules()
	r := &run{
		id: s.ID, scope: s.Scope, log: c.Log, salt: s.Routing().Salt(s.Scope), policy: s.Policy,
		counter: verdict.NewCounter(c.Proxy, epoch, rules),
	}
	if hasSlow(rules.Events) {
		r.requests.learning, r.sessions.learning = &requestTimes{}, &sessionTimes{}
	}
	return r
}

// complete makes the cohorts. It fails when these need a secret and there is none.
func (r *run) complete(secret []byte) error {
	if r.cohorts.Load() != nil {
		return nil
	}
	c, err := cohort.New(r.policy.Cohort, r.policy.Match, r.salt, secret)
	if err == nil {
		r.cohorts.Store(c)
	}
	return err
}

// Request implements route.Splitter.
func (r *run) Request(q route.Request, dice func() uint64) route.Ticket {
	c := r.cohorts.Load()
	if c == nil {
		return route.Ticket{Variant: dice()}
	}
	return r.spare(r.ticket(c.Request(q, dice)))
}

// Connection implements route.Splitter.
func (r *run) Connection(client netip.Addr, dice func() uint64) route.Ticket {
	c := r.cohorts.Load()
	if c == nil {
		return route.Ticket{Variant: dice()}
	}
	return r.spare(r.ticket(c.Connection(client, dice)))
}

// cookieAge is for how long a client keeps its cookie: browsers cut off more. It
// says nothing of versions, and serves all rollouts of its host.
const cookieAge = "; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax"

func (r *run) ticket(d cohort.Draw) route.Ticket {
	t := route.Ticket{Variant: d.Variant, Pinned: d.Pinned, Client: d.Client, Counts: d.Counts}
	if d.Cookie != "" {
		t.Cookie = r.policy.Cohort.Cookie + "=" + d.Cookie + cookieAge
	}
	return t
}

// ended takes in a unit that the weight has decided. Without a share there is
// nothing to compare. The lock is held.
func (r *run) ended(d *exchange.Drawn, start time.Time, on *route.Route, met event.Set) {
	if d.Weight > 0 && !r.isCold(d, start, on) {
		r.counter.Count(verdict.Drawn{Generation: d.Trial.Generation, Weight: d.Weight, Candidate: d.Candidate, Client: d.Client, Met: met})
	}
	if d.Candidate && !met.Has(event.NoInstance) {
		r.trip(r.breaker.Attempted(verdict.DefaultBreakerRules(), time.Now(), met))
	}
}

func (r *run) report() verdict.Report {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.counter.Report()
}
