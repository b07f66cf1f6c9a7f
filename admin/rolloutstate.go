package admin

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"weir/rollout"
	"weir/rollout/controller"
	"weir/route"
)

// RolloutSummary is a rollout in a list.
type RolloutSummary struct {
	Scope      string          `json:"scope" example:"service/web" doc:"service/NAME or route/KEY"`
	Phase      string          `json:"phase" example:"paused" doc:"healthy, preview, progressing, baking, promoting, aborting or aborted; or what holds it up: paused, override, candidate_lost, stable_lost, frozen"`
	Why        string          `json:"why,omitempty" doc:"What holds it up, or why it is where it is"`
	Strategy   string          `json:"strategy" example:"canary" doc:"Of the policy by which it goes"`
	Policy     string          `json:"policy,omitempty" doc:"Name of the policy in force, by which the next rollout goes; absent: none"`
	Revision   uint64          `json:"revision" doc:"Numbers the rollouts of the scope from 1"`
	Generation uint64          `json:"generation" doc:"Grows with every change of routing; a command may name the one that was read"`
	Stable     *RolloutVersion `json:"stable,omitempty" doc:"The trusted version"`
	Candidate  *RolloutVersion `json:"candidate,omitempty" doc:"The version on trial; absent: there is no rollout"`
	Emerging   string          `json:"emerging,omitempty" example:"v1.0.6" doc:"A version that has come and is not taken up yet"`
	Step       int             `json:"step,omitempty" doc:"Number of the current step, from 1"`
	Steps      int             `json:"steps,omitempty" doc:"How many there are"`
	Weight     route.Weight    `json:"weight" example:"5%" doc:"Of the candidate"`
	Next       []string        `json:"next" nullable:"false" example:"[\"promote\",\"abort\"]" doc:"Commands that have an effect now"`
	Then       string          `json:"then" doc:"What happens without one"`
	Problem    string          `json:"problem,omitempty" doc:"Why the document in the store does not count"`
	Stale      string          `json:"stale,omitempty" doc:"Why the store cannot be read now"`
	Emergency  *Emergency      `json:"emergency,omitempty" doc:"Weight 0 on this proxy alone, which the store does not know of yet"`
}

// Rollout is all that is known of the rollouts of a service or route.
type Rollout struct {
	RolloutSummary
	ID                string           `json:"id,omitempty" doc:"Of the rollout; unique for ever"`
	Reason            string           `json:"reason,omitempty" example:"verdict_fail" doc:"Of the last change of the phase, in one word"`
	Plan              []RolloutStep    `json:"plan,omitempty" doc:"The steps"`
	StepSeconds       float64          `json:"step_seconds" doc:"How long the step has lasted since all proxies have its weight"`
	TotalSeconds      float64          `json:"total_seconds" doc:"How long the rollout has lasted, without the time that people took"`
	Asked             route.Weight     `json:"asked" doc:"What the step or a person wants"`
	Capped            bool             `json:"capped,omitempty" doc:"The weight is lower than asked because the candidate has few instances"`
	Holds             []RolloutHold    `json:"holds,omitempty" doc:"What the rollout waits for"`
	Override          *Override        `json:"override,omitempty" doc:"A weight that a person has set"`
	Isolated          []IsolatedRoute  `json:"isolated,omitempty" doc:"Routes that lead to the candidate alone, by the policy's canary_host"`
	Mirror            *RolloutMirror   `json:"mirror,omitempty" doc:"Copies of requests that this proxy has sent to the candidate; absent: none"`
	Routes            []RouteShares    `json:"routes,omitempty" doc:"What variants get from this proxy, now"`
	Open              []OpenShare      `json:"open,omitempty" doc:"What clients have open with variants through this proxy, as it was counted last"`
	Draining          []RolloutDrain   `json:"draining,omitempty" doc:"Versions that get no new clients, until what is open with them has ended"`
	Observed          *Observed        `json:"observed,omitempty" doc:"What the candidate got of the traffic in the current step"`
	Verdict           *RolloutVerdict  `json:"verdict,omitempty" doc:"On the candidate; absent before its first weight"`
	Proxies           []RolloutProxy   `json:"proxies,omitempty" doc:"Of the fleet"`
	AppliedGeneration uint64           `json:"applied_generation" doc:"Generation that the table of this proxy follows"`
	Notes             []string         `json:"notes,omitempty" doc:"What will not go as one may think"`
	Before            []RolloutVersion `json:"before,omitempty" doc:"Versions that were stable, oldest first: what undo goes back to"`
	Last              *RolloutRecord   `json:"last,omitempty" doc:"The rollout before"`
	UpdatedBy         string           `json:"updated_by,omitempty"`
	UpdatedAt         time.Time        `json:"updated_at,omitzero"`
}

// RolloutVersion is a version and what runs of it.
type RolloutVersion struct {
	Key        string    `json:"key" example:"v1.0.5"`
	Variant    string    `json:"variant,omitempty" example:"green" doc:"What its tags call it"`
	Revision   uint64    `json:"revision,omitempty" doc:"Of the rollout that made it stable"`
	FirstSeen  time.Time `json:"first_seen,omitzero"`
	Up         int       `json:"up" doc:"How many of its instances are up"`
	Total      int       `json:"total" doc:"How many instances it has"`
	Job        string    `json:"job,omitempty" doc:"Nomad's job"`
	JobVersion uint64    `json:"job_version,omitempty"`
	Deployment string    `json:"deployment,omitempty" doc:"Nomad's deployment"`
}

// RolloutStep is one step of the policy.
type RolloutStep struct {
	Number int    `json:"number" example:"2"`
	Does   string `json:"does" example:"give the candidate 5%"`
	State  string `json:"state" example:"current" doc:"done, current, ahead, or stopped where the rollout was aborted in it"`
}

// RolloutHold is one thing that a rollout waits for.
type RolloutHold struct {
	Cause   string    `json:"cause" example:"step"`
	Message string    `json:"message" example:"wait until somebody promotes"`
	By      string    `json:"by,omitempty"`
	At      time.Time `json:"at,omitzero"`
}

// Override is a weight that a person has set.
type Override struct {
	Weight      route.Weight `json:"weight"`
	By          string       `json:"by,omitempty"`
	Reason      string       `json:"reason,omitempty"`
	At          time.Time    `json:"at,omitzero"`
	LeftSeconds float64      `json:"left_seconds" doc:"How long it still holds"`
}

// Emergency is a weight of 0 that one proxy has by itself.
type Emergency struct {
	Candidate string       `json:"candidate" example:"v1.0.5"`
	Weight    route.Weight `json:"weight" example:"5%" doc:"That the candidate has by the state"`
	By        string       `json:"by,omitempty"`
	Reason    string       `json:"reason,omitempty"`
	At        time.Time    `json:"at"`
	Volatile  string       `json:"volatile,omitempty" doc:"Why a restart of the proxy forgets it; absent: it does not"`
}

// RolloutProxy is a proxy of the fleet.
type RolloutProxy struct {
	Name       string `json:"name"`
	Generation uint64 `json:"generation" doc:"That its table follows; 0: none, or it does not answer"`
	Behind     bool   `json:"behind,omitempty" doc:"It lacks the generation of the rollout"`
}

func summaryOf(r controller.Rollout) RolloutSummary {
	s := RolloutSummary{
		Scope: r.Scope.String(), Phase: string(r.Phase), Why: why(&r.State), Strategy: string(r.State.Policy.Strategy), Policy: r.Policy,
		Revision: r.Revision, Generation: r.Generation, Stable: versionOf(&r.State, r.Stable), Candidate: versionOf(&r.State, r.Candidate),
		Emerging: r.Live.Emerging.Key, Weight: r.Weight, Next: commandsFor(r.State), Then: then(&r.State), Problem: r.Problem, Stale: r.Stale,
	}
	if e := r.Emergency; e != nil {
		s.Weight, s.Why = 0, e.String()
		s.Emergency = &Emergency{e.Candidate, e.Weight, e.By, e.Reason, e.At, e.Volatile}
	}
	if r.Candidate.Key != "" && len(r.State.Policy.Steps) > 0 {
		s.Steps = len(r.State.Policy.Steps)
		if r.Stage != rollout.Preview {
			s.Step = r.Step + 1
		}
	}
	return s
}

// describeRollout describes what a state holds.
func describeRollout(r controller.Rollout) Rollout {
	c := &r.Live.Clock
	d := Rollout{
		RolloutSummary: summaryOf(r), ID: r.ID, Reason: string(r.Reason), Asked: r.Asked, Capped: r.Capped, AppliedGeneration: r.Applied,
		StepSeconds: c.Step.Seconds(), TotalSeconds: c.Total.Seconds(), Notes: notesOf(&r.State),
		UpdatedBy: r.UpdatedBy, UpdatedAt: r.UpdatedAt,
	}
	if d.Steps > 0 {
		d.Plan = planOf(&r.State)
	}
	for _, h := range r.Holds {
		d.Holds = append(d.Holds, RolloutHold{string(h.Cause), h.Message, h.By, h.At})
	}
	if o := r.State.Override; o != nil {
		d.Override = &Override{o.Weight, o.By, o.Reason, o.At, max(0, o.For-c.Override).Seconds()}
	}
	for name, g := range r.Live.Acks {
		d.Proxies = append(d.Proxies, RolloutProxy{name, g, g < r.Generation})
	}
	slices.SortFunc(d.Proxies, func(a, b RolloutProxy) int { return cmp.Compare(a.Name, b.Name) })
	for _, p := range r.Past {
		if p.Why == rollout.Completed {
			d.Before = append(d.Before, *versionOf(&r.State, p.Version))
		}
	}
	if r.Last != nil {
		last := recordOf(*r.Last)
		d.Last = &last
	}
	return d
}

// versionOf is nil where there is no version.
func versionOf(s *rollout.State, v rollout.Version) *RolloutVersion {
	if v.Key == "" {
		return nil
	}
	g := s.Live.Seen.Find(v.Key)
	d := &RolloutVersion{Key: v.Key, Variant: v.Variant, Revision: v.Revision, FirstSeen: v.FirstSeen, Up: g.Up, Total: g.All}
	if v.Nomad != nil {
		d.Job, d.JobVersion, d.Deployment = v.Nomad.Job, v.Nomad.JobVersion, v.Nomad.Deployment
	}
	return d
}

// planOf lists the steps of a rollout that is under way or was aborted.
func planOf(s *rollout.State) (list []RolloutStep) {
	for i, step := range s.Policy.Steps {
		state := "ahead"
		switch {
		case s.Stage == rollout.Preview:
		case i < s.Step:
			state = "done"
		case i == s.Step && (s.Stage == rollout.Aborting || s.Stage == rollout.Aborted):
			state = "stopped"
		case i == s.Step:
			state = "current"
		}
		list = append(list, RolloutStep{i + 1, step.String(), state})
	}
	return list
}

// why is what holds a rollout up, or what it does.
func why(s *rollout.State) string {
	var list []string
	if o := s.Override; o != nil {
		text := fmt.Sprintf("%s has set %s", cmp.Or(o.By, "somebody"), o.Weight)
		if o.Reason != "" {
			text += ": " + o.Reason
		}
		list = append(list, text)
	}
	if (s.Stage == rollout.Aborting || s.Stage == rollout.Aborted) && s.Message != "" {
		list = append(list, s.Message)
	}
	for _, h := range s.Holds {
		list = append(list, h.Message)
	}
	switch {
	case list != nil:
		return strings.Join(list, "; ")
	case s.Stage == rollout.Progressing || s.Stage == rollout.Baking:
		return s.Policy.Steps[s.Step].String()
	}
	return s.Message
}
