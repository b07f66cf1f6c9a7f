package simulate

import (
	"slices"
	"time"

	"weir/rollout"
	"weir/rollout/detect"
	"weir/rollout/policy"
	"weir/rollout/verdict"
	"weir/route"
)

// ending is how a run ends.
type ending int

const (
	goesOn   ending = iota
	promoted        // the candidate has all traffic
	aborted         // the candidate failed
	held            // no verdict in time: somebody has to decide
)

// pilot is the leader of a fleet in which both versions have as many instances,
// all of them up, people promote at once when a step asks for it, and gates say
// yes.
type pilot struct {
	state rollout.State
	in    rollout.Input // what does not change
	steps int
	// evidence is nil before the rollout.
	evidence *verdict.Evidence
}

// instances is how many each version has.
const instances = 10

func newPilot(c *Case) *pilot {
	p := &pilot{state: rollout.New(route.Scope{Kind: "service", Name: "web"}), steps: c.Policy.WeightSteps()}
	p.in = rollout.Input{By: "edge-1", Leader: true, Policy: &c.Policy, Fresh: "simulated", Gates: map[string]rollout.Said{}}
	for _, s := range c.Policy.Steps {
		if s.Gate != nil {
			p.in.Gates[s.Gate.Name] = rollout.Said{Answer: policy.Yes}
		}
	}
	stable := detect.Group{Key: "v1", Up: instances, All: instances, OnRoute: instances}
	candidate := stable
	candidate.Key = "v2"
	p.in.Seen = detect.Seen{stable}
	p.state, _ = rollout.Next(p.state, p.in) // v1 is there first
	p.in.Seen = detect.Seen{stable, candidate}
	p.in.Elapsed = Round
	return p
}

// want is what the proxies are to draw with.
func (p *pilot) want() setting { return setting{p.state.Generation, p.state.Weight} }

// judge takes in a round of reports and decides.
func (p *pilot) judge(round []verdict.Report) (verdict.Decision, error) {
	if p.evidence == nil {
		return verdict.Decision{}, nil
	}
	for _, problem := range p.evidence.Add(round...) {
		return verdict.Decision{}, problem
	}
	return p.evidence.Decide(), nil
}

// advance moves on by one round. A failed candidate is not acted upon, so that
// the rollout can be carried on as if nothing had been seen.
func (p *pilot) advance(fleet []*proxy, d verdict.Decision) (ending, error) {
	in := p.in
	for _, x := range fleet {
		in.Proxies = append(in.Proxies, rollout.Proxy{Name: x.name, Generation: x.now.generation})
	}
	if p.evidence != nil {
		in.Verdict = &rollout.Judged{Decision: d, Rollout: p.state.ID, Since: p.state.Since}
	}
	if isHeld(&p.state, rollout.ByStep) {
		in.Command = &rollout.Command{Verb: rollout.Promote, By: "somebody"}
	}
	next, _ := rollout.Next(p.state, in)
	how := endingOf(&next)
	if how == aborted {
		return how, nil
	}
	began := next.Since != p.state.Since
	p.state = next
	if began {
		return how, p.begin()
	}
	return how, nil
}

// begin starts a step's evidence.
func (p *pilot) begin() (err error) {
	if p.evidence == nil {
		if p.evidence, err = verdict.New(p.state.Policy.Rules(), p.steps); err != nil {
			return err
		}
	}
	return p.evidence.Begin(p.state.Since)
}

func endingOf(s *rollout.State) ending {
	switch {
	case s.Stage == rollout.Aborting || s.Stage == rollout.Aborted || isHeld(s, rollout.ByFail):
		return aborted
	case s.Weight == route.Full || s.Stage == rollout.Promoting:
		return promoted
	case isHeld(s, rollout.ByInconclusive):
		return held
	}
	return goesOn
}

func isHeld(s *rollout.State, by rollout.Cause) bool {
	return slices.ContainsFunc(s.Holds, func(h rollout.Hold) bool { return h.Cause == by })
}

// Round is how often the leader asks the proxies and judges. A running one does so
// more often: real rollouts find a bad candidate some seconds sooner.
const Round = 15 * time.Second
