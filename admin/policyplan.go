package admin

import (
	"context"

	"weir/rollout/policy"
	"weir/route"
)

// PlanInput is the body of POST /api/v1/policies:plan.
type PlanInput struct {
	Text string  `json:"text" maxLength:"65536" doc:"A policy, in YAML, JSON or HCL"`
	Rate float64 `json:"rate,omitempty" minimum:"0" maximum:"1000000000" doc:"Requests or connections a second, over all versions; absent: unknown, and no time is planned for verdicts"`
}

// Plan is what a policy comes to.
type Plan struct {
	Scope           string        `json:"scope,omitempty" example:"service/web"`
	Strategy        string        `json:"strategy" example:"canary"`
	Steps           []PlannedStep `json:"steps" nullable:"false"`
	EarliestSeconds float64       `json:"earliest_seconds" doc:"From a new version to its promotion"`
	Waits           bool          `json:"waits" doc:"Somebody has to act"`
	Notes           []string      `json:"notes,omitempty" doc:"What will not go as one may think, with the instances that run now"`
}

// PlannedStep is one step.
type PlannedStep struct {
	Number       int          `json:"number" doc:"From 1"`
	Does         string       `json:"does" example:"wait for the verdict, at most 30m, then hold"`
	Weight       route.Weight `json:"weight" doc:"Of the candidate during the step"`
	LeastSeconds float64      `json:"least_seconds" doc:"The step takes no less"`
	Units        uint64       `json:"units,omitempty" doc:"How many requests, connections or clients the candidate needs for a verdict if none of them is bad"`
	Rate         float64      `json:"rate,omitempty" doc:"How many of the requests go to the candidate in a second"`
	Note         string       `json:"note,omitempty" doc:"What will not come out as it is written"`
}

type planInput struct{ Body PlanInput }
type planOutput struct{ Body Plan }

func (a *Admin) planPolicy(_ context.Context, in *planInput) (*planOutput, error) {
	p, err := parsePolicy(in.Body.Text)
	if err != nil {
		return nil, err
	}
	plan := p.Plan(in.Body.Rate)
	out := &planOutput{Plan{Strategy: string(p.Strategy), Steps: []PlannedStep{}, EarliestSeconds: plan.Earliest.Of().Seconds(), Waits: plan.Waits}}
	for _, s := range plan.Steps {
		out.Body.Steps = append(out.Body.Steps, PlannedStep{s.Number, s.Does, s.Weight, s.Least.Of().Seconds(), s.Units, s.Rate, s.Note})
	}
	if s := p.Scope(); s != (route.Scope{}) {
		out.Body.Scope = s.String()
		out.Body.Notes = a.planNotes(s, p)
	}
	return out, nil
}

// planNotes is what is to be said about a policy and what runs of its scope.
func (a *Admin) planNotes(s route.Scope, p policy.Policy) []string {
	r, ok := a.Rollouts.Get(s)
	if !ok {
		return nil
	}
	r.State.Policy = p
	return notesOf(&r.State)
}
