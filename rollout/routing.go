package rollout

import (
	"fmt"

	"weir/rollout/detect"
	"weir/rollout/policy"
	"weir/route"
)

// Routing is all that proxies need of a state. States whose Routing is equal
// route equally and have the same generation.
type Routing struct {
	// Controlled says that the weight is set. If not, versions share by tags.
	Controlled bool
	Rollout    string // State.ID
	Stable     string // version keys
	Candidate  string
	Weight     route.Weight // of the candidate
	Mirror     policy.Mirror
	// Isolated says that the isolated hostname and the match rules reach the
	// candidate.
	Isolated   bool
	CanaryHost string
	Match      []policy.Match
	Cohort     policy.Cohort
	StableLost policy.StableLost
	// Drains are the versions that get no new connections, and how their
	// connections end.
	Drains map[string]policy.Drain
}

// Routing tells proxies what to do.
func (s *State) Routing() Routing {
	p := &s.Policy
	r := Routing{Stable: s.Stable.Key, Candidate: s.Candidate.Key}
	if !p.Controls() || s.Stable.Key == "" {
		return r
	}
	r.Controlled, r.Rollout, r.Weight, r.Mirror = true, s.ID, s.Weight, s.Mirror
	r.Isolated = s.Candidate.Key != ""
	r.CanaryHost, r.Match, r.Cohort, r.StableLost = p.CanaryHost, p.Match, p.Cohort, p.Guards.StableLost
	if s.Stage == Promoting { // stable's instances are meant to go
		r.StableLost = policy.FailOpen
	}
	r.Drains = s.drains()
	return r
}

// drains are the versions whose connections end. A blue/green preview has none.
func (s *State) drains() map[string]policy.Drain {
	drains := map[string]policy.Drain{}
	for _, p := range s.Past {
		switch {
		case p.Gone || p.Key == s.Candidate.Key:
		case p.Why == Completed:
			drains[p.Key] = s.Policy.Drain.Promote
		default:
			drains[p.Key] = s.Policy.Drain.Abort
		}
	}
	switch {
	case s.Stage == Aborting || s.Stage == Aborted:
		drains[s.Candidate.Key] = s.Policy.Drain.Abort
	case s.Stage == Promoting && s.Weight == route.Full:
		drains[s.Stable.Key] = s.Policy.Drain.Promote
	}
	return drains
}

// Intent is the weight as the table takes it; false when versions share by tags.
func (s *State) Intent() (route.Intent, bool) {
	r := s.Routing()
	in := route.Intent{Scope: s.Scope, Shares: map[string]route.Weight{detect.Stable: route.Full - r.Weight}, By: "rollout", At: s.UpdatedAt}
	if r.Candidate != "" {
		in.Shares[detect.Candidate] = r.Weight
		in.Reason = fmt.Sprintf("revision %d, %s", s.Revision, s.Phase)
	}
	return in, r.Controlled
}

// Salt is what the cohort of the rollout is hashed with.
func (r Routing) Salt(scope route.Scope) string {
	if r.Cohort.Salt == policy.SaltRoute {
		return scope.String()
	}
	return scope.String() + " " + r.Rollout
}
