package simulate

import (
	"fmt"
	"time"

	"weir/rollout/policy"
	"weir/route"
)

// Suite is the cases of docs/analysis.md, by kind.
func Suite() []Case {
	s := &suite{}
	s.healthy()
	s.broken()
	s.marginal()
	s.mistaken()
	return s.cases
}

// suite collects cases.
type suite struct{ cases []Case }

// badRate is stable's in most cases of the suite.
const badRate = 0.005

// fleet is forty requests a second over five proxies.
func fleet() Traffic { return Traffic{Rate: 40, BadRate: badRate, Proxies: 5} }

// hard is a fleet with all that makes judging hard.
func hard() Traffic {
	t := fleet()
	t.Drift, t.Outages, t.Lagging, t.Lag = 0.7, 0.03, 2, time.Minute
	return t
}

// sticky is a fleet whose clients stay with their version; of a hundred, one
// has nothing but errors, on either.
func sticky() Traffic {
	return Traffic{Rate: 20, BadRate: badRate / 5, Proxies: 2, Clients: 2000, Broken: 0.01}
}

func (s *suite) healthy() {
	good := Candidate{Risk: 1}
	for _, rate := range []float64{0.2, 0.5, 1, 2, 5, 20} {
		s.steady(Healthy, fmt.Sprintf("%v canary requests a second", rate), rate, good)
	}
	drifting, outages, lagging := fleet(), fleet(), fleet()
	drifting.Drift = hard().Drift
	outages.Outages = hard().Outages
	lagging.Lagging, lagging.Lag = hard().Lagging, hard().Lag
	s.stepped(Healthy, "stepped weights", fleet(), good)
	s.stepped(Healthy, "drifting error rate", drifting, good)
	s.stepped(Healthy, "shared outages", outages, good)
	s.stepped(Healthy, "two of five proxies lag", lagging, good)
	s.stepped(Healthy, "all of these at once", hard(), good)
	s.stepped(Healthy, "all at once, at the tolerated 1.25×", hard(), Candidate{Risk: 1.25})
	s.stepped(Healthy, "Zipf clients, sticky cohorts", sticky(), good)
}

func (s *suite) broken() {
	for _, rate := range []float64{0.2, 0.5, 2, 20} {
		s.steady(Broken, fmt.Sprintf("10× errors, %v canary requests a second", rate), rate, Candidate{Risk: 10})
	}
	s.steady(Broken, "5× errors, 2 canary requests a second", 2, Candidate{Risk: 5})
	s.steady(Broken, "2× errors, 2 canary requests a second", 2, Candidate{Risk: 2})
	s.stepped(Broken, "5× errors, all at once", hard(), Candidate{Risk: 5})
	s.stepped(Broken, "5× errors from minute 18, all at once", hard(), Candidate{Risk: 5, From: 18 * time.Minute})
	s.stepped(Broken, "sticky, one client in ten fails", sticky(), Candidate{Risk: 1, Misfits: 0.1})
}

func (s *suite) marginal() {
	s.add(Marginal, "0.5 % more errors than stable's 0.5 %", until(policy.ByConn, 0.005), fleet(), Candidate{Risk: 2})
	clients := Traffic{Rate: 20, Proxies: 2, Clients: 20_000}
	s.add(Marginal, "sticky, one client in fifty fails", until(policy.ByCookie, 0.02), clients, Candidate{Risk: 1, Misfits: 0.02})
}

// mistaken counts the requests of clients that stay with their version as if each
// had been drawn for itself.
func (s *suite) mistaken() {
	s.stepped(Mistaken, "Zipf clients, sticky cohorts, unit: request", sticky(), Candidate{Risk: 1})
	s.cases[len(s.cases)-1].Policy.Analysis.Unit = policy.Requests
}

func (s *suite) add(k Kind, name string, p policy.Policy, t Traffic, c Candidate) {
	s.cases = append(s.cases, Case{name, k, p, t, c})
}

// steady is half an hour at 5 %, with so many requests a second of the
// candidate's.
func (s *suite) steady(k Kind, name string, canary float64, c Candidate) {
	p := of(policy.ByConn, weight(500), pause(30*time.Minute), weight(route.Full))
	s.add(k, name, p, Traffic{Rate: canary / 0.05, BadRate: badRate, Proxies: 1}, c)
}

// stepped is half an hour at 1, 5, 10, 25 and 50 %.
func (s *suite) stepped(k Kind, name string, t Traffic, c Candidate) {
	var steps []policy.Step
	for _, w := range []route.Weight{100, 500, 1000, 2500, 5000} {
		steps = append(steps, weight(w), pause(6*time.Minute))
	}
	by := policy.ByConn
	if t.Clients > 0 {
		by = policy.ByCookie
	}
	s.add(k, name, of(by, append(steps, weight(route.Full))...), t, c)
}

// until goes on from 10 to 20 % and to the end when the verdict is PASS.
func until(by policy.By, margin policy.Percent) policy.Policy {
	pass := policy.Step{Analysis: &policy.Until{Until: policy.UntilPass, Max: policy.Duration(20 * time.Minute), OnInconclusive: policy.HoldOn}}
	p := of(by, weight(1000), pass, weight(2000), pass, weight(route.Full))
	p.Analysis.Margin = margin
	return p
}

// of is the default policy with other steps.
func of(by policy.By, steps ...policy.Step) policy.Policy {
	p := policy.Default(policy.Canary)
	p.Cohort.By, p.Steps = by, steps
	return p
}

func weight(w route.Weight) policy.Step { return policy.Step{SetWeight: &w} }

func pause(d time.Duration) policy.Step {
	return policy.Step{Pause: &policy.Pause{Duration: policy.Duration(d)}}
}
