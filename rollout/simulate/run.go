package simulate

import (
	"fmt"
	"slices"
	"time"

	"weir/rollout/policy"
	"weir/rollout/verdict"
)

// longest bounds a run.
const longest = 6 * time.Hour

// Case is a rollout to simulate.
type Case struct {
	Name      string        `json:"name"`
	Kind      Kind          `json:"kind"`
	Policy    policy.Policy `json:"-"`
	Traffic   Traffic       `json:"traffic"`
	Candidate Candidate     `json:"candidate"`
}

// Kind is what a case is to show.
type Kind string

const (
	Healthy  Kind = "healthy"  // a candidate that must not be aborted
	Broken   Kind = "broken"   // one that must be, soon
	Marginal Kind = "marginal" // one that must not be promoted by itself
	Mistaken Kind = "mistaken" // a policy that must not be used
)

// Check finds what is wrong, or cannot be simulated.
func (c *Case) Check() error {
	if err := c.Traffic.Check(); err != nil {
		return err
	}
	if err := c.Candidate.Check(); err != nil {
		return err
	}
	switch by, t := c.Policy.Cohort.By, &c.Traffic; {
	case by != policy.ByConn && t.Clients == 0:
		return fmt.Errorf("number of clients is 0, want at least 1: they stay with their version (cohort by %s)", by)
	case by == policy.ByConn && t.Clients > 0:
		return fmt.Errorf("number of clients is %d, want 0: each request is drawn for itself (cohort by %s)", t.Clients, by)
	case by == policy.ByConn && t.Broken+c.Candidate.Misfits > 0:
		return fmt.Errorf("some clients are broken or misfit, want none: each request is drawn for itself (cohort by %s)", by)
	}
	if c.Policy.WeightSteps() == 0 {
		return fmt.Errorf("the policy never shares traffic between two versions (strategy %s)", c.Policy.Strategy)
	}
	return nil
}

// ran is how a run went for weir and, by the order of rules, for the others.
type ran struct {
	weir  end
	rules []end
}

// end is how a rollout ended under one judge, and how long after the candidate's
// first request.
type end struct {
	how ending
	at  time.Duration
}

// run is one rollout under way.
type run struct {
	*Case
	world *world
	fleet []*proxy
	pilot *pilot
	rules []rule

	now     time.Duration
	first   time.Duration // when the candidate got its first traffic; below 0 before
	outage  bool
	minutes []minute
	ran     ran
}

// play plays one run to its end. After weir has aborted it goes on without
// weir's verdict, so that the other rules see the whole of it.
func (c *Case) play(seed, number uint64) (ran, error) {
	world, err := newWorld(c, seed, number)
	if err != nil {
		return ran{}, err
	}
	r := &run{Case: c, world: world, fleet: newFleet(c.Traffic, c.Policy.Rules()), pilot: newPilot(c), rules: judges(), first: -1}
	r.ran.rules = make([]end, len(r.rules))
	for r.now < longest {
		if done, err := r.round(); done || err != nil {
			return r.ran, err
		}
	}
	r.finish(held)
	return r.ran, nil
}

// round plays one round and lets everybody judge it.
func (r *run) round() (done bool, err error) {
	r.traffic()
	d := verdict.Decision{Outcome: verdict.Inconclusive}
	if r.ran.weir.how == goesOn {
		if d, err = r.pilot.judge(reports(r.fleet)); err != nil {
			return true, err
		}
	}
	how, err := r.pilot.advance(r.fleet, d)
	if err != nil {
		return true, err
	}
	last := how == promoted || how == held
	r.compare(last)
	switch {
	case how == aborted:
		r.ran.weir = r.ended(aborted)
	case last:
		r.finish(how)
	}
	return last || r.settled(), nil
}

// traffic draws what all proxies get in a round.
func (r *run) traffic() {
	if r.now%time.Minute == 0 {
		r.outage = r.world.dice.Float64() < r.Traffic.Outages
	}
	var since time.Duration
	if r.first >= 0 {
		since = r.now - r.first
		if since%time.Minute == 0 {
			r.minutes = append(r.minutes, minute{})
		}
	}
	rates := r.world.rates(r.outage, since)
	for _, p := range r.fleet {
		p.hear(r.pilot.want(), r.now)
		if r.first < 0 && p.now.weight > 0 {
			r.first = r.now
			r.minutes = append(r.minutes, minute{})
		}
		met := r.world.play(p, rates)
		if n := len(r.minutes); n > 0 {
			r.minutes[n-1].add(met)
		}
	}
	r.now += Round
}

// compare asks the other rules at the end of each minute.
func (r *run) compare(last bool) {
	if r.first < 0 || (r.now-r.first)%time.Minute != 0 && !last {
		return
	}
	for i, rule := range r.rules {
		if r.ran.rules[i].how == goesOn && rule.aborts(r.minutes, last) {
			r.ran.rules[i] = r.ended(aborted)
		}
	}
}

// settled reports whether everybody has aborted.
func (r *run) settled() bool {
	return r.ran.weir.how != goesOn && !slices.ContainsFunc(r.ran.rules, func(e end) bool { return e.how == goesOn })
}

// finish ends the run for those that have not aborted.
func (r *run) finish(how ending) {
	for i := range r.ran.rules {
		if r.ran.rules[i].how == goesOn {
			r.ran.rules[i] = r.ended(promoted)
		}
	}
	if r.ran.weir.how == goesOn {
		r.ran.weir = r.ended(how)
	}
}

func (r *run) ended(how ending) end { return end{how, r.now - r.first} }
