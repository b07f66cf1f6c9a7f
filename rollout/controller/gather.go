package controller

import (
	"cmp"
	"strings"
	"time"

	"weir/rollout"
	"weir/rollout/detect"
	"weir/rollout/policy"
	"weir/route"
)

// nomadOf is Nomad, unless the policy says not to look.
func (l *leader) nomadOf(s *rollout.State, inForce *policy.Policy) Nomad {
	p := &s.Policy
	if p.Strategy == "" && inForce != nil {
		p = inForce
	}
	if l.conf.Nomad == nil || p.Nomad == policy.NomadOff || p.Strategy == "" {
		return nil
	}
	return l.conf.Nomad
}

// deployments are what Nomad says, and what became of the last call of it: about
// the candidate, or without one about the job of stable.
func (l *leader) deployments(nomad Nomad, s *rollout.State) (own, latest *rollout.Deployment) {
	n := cmp.Or(s.Candidate.Nomad, s.Stable.Nomad)
	if nomad == nil || n == nil {
		return nil, nil
	}
	own, latest = nomad.Deployments(*n)
	if err := l.tasks.problem(nomadTask(s.Scope)); err != nil && own != nil {
		now := *own
		now.Problem = cmp.Or(now.Problem, err.Error())
		own = &now
	}
	return own, latest
}

// marker begins the reason of a weight that comes from an intent.
const marker = "intent: "

// noExpiry is how long a weight stays whose intent does not expire.
const noExpiry = 10 * 365 * 24 * time.Hour

// intended makes the intent of a person for the same scope a command of theirs:
// proxies follow it already, and the rollout must not go on as if they did not.
// When the intent is deleted the weight is let go of; when it expires the
// weight does, too, and the rollout waits.
func (l *leader) intended(scope route.Scope, s *rollout.State) *rollout.Command {
	if s.Candidate.Key == "" {
		return nil
	}
	o := s.Override
	in, there := l.Publisher.Intended(scope)
	if !there {
		expires := o != nil && s.Live.Clock.Override+time.Minute >= o.For
		if o == nil || !strings.HasPrefix(o.Reason, marker) || expires {
			return nil
		}
		return &rollout.Command{Verb: rollout.Release, By: o.By, Reason: "the intent was deleted"}
	}
	weight := candidateOf(in)
	if o != nil && o.Weight == weight && strings.HasPrefix(o.Reason, marker) {
		return nil
	}
	c := &rollout.Command{Verb: rollout.SetWeight, By: cmp.Or(in.By, "somebody"), Reason: marker + in.Reason, Weight: weight, For: noExpiry}
	if !in.Expires.IsZero() {
		c.For = max(time.Second, time.Until(in.Expires))
	}
	return c
}

// candidateOf is what an intent gives to the candidate: what it says, or what it
// leaves where it says something about stable, which else takes that.
func candidateOf(in route.Intent) route.Weight {
	weight, named := in.Shares[detect.Candidate]
	if _, stable := in.Shares[detect.Stable]; named || !stable {
		return weight
	}
	weight = route.Full
	for _, share := range in.Shares {
		weight -= share
	}
	return weight
}
