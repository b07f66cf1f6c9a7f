package admin

import (
	"math"

	"weir/rollout/verdict"
)

// RolloutVerdict is what is known of how good the candidate is.
type RolloutVerdict struct {
	Outcome  string    `json:"outcome" example:"INCONCLUSIVE" doc:"FAIL, PAUSE, PASS or INCONCLUSIVE"`
	Reason   string    `json:"reason" example:"needs_more_units"`
	Leading  string    `json:"leading" example:"http_5xx" doc:"The event that speaks most against the candidate"`
	Evidence float64   `json:"evidence" doc:"Against the candidate, all events together"`
	Enough   float64   `json:"enough" doc:"How much of it makes a FAIL"`
	Sure     float64   `json:"sure" example:"0.99" doc:"Probability with which the risks hold, at all times together"`
	Needed   uint64    `json:"needed,omitempty" doc:"How many more units it takes to PASS if the candidate is as good as stable"`
	Words    string    `json:"words" doc:"All of it, for people"`
	Findings []Finding `json:"findings" nullable:"false"`
}

// Finding is what is known of one kind of bad event.
type Finding struct {
	Event     string  `json:"event" example:"http_5xx"`
	Means     string  `json:"means"`
	Candidate Hits    `json:"candidate"`
	Stable    Hits    `json:"stable"`
	Expected  float64 `json:"expected" doc:"How many of the counted ones were the candidate's if both were equally good"`
	Risk      Risk    `json:"risk" doc:"Of the candidate, as a multiple of stable's: what is not refuted"`
	Against   float64 `json:"against" doc:"Evidence against the candidate"`
	For       float64 `json:"for" doc:"Evidence that the candidate is good enough for the step"`
	Enough    float64 `json:"enough" doc:"How much of that makes a PASS"`
	Needed    uint64  `json:"needed,omitempty" doc:"How many more units that takes"`
}

// Hits is how often something happened to one version in the rollout.
type Hits struct {
	Units   uint64 `json:"units" doc:"Requests or connections"`
	Bad     uint64 `json:"bad"`
	Counted uint64 `json:"counted" doc:"Of the bad ones those that count: the first of each client where clients are counted"`
}

// Risk is an interval.
type Risk struct {
	Low  float64  `json:"low"`
	High *float64 `json:"high,omitempty" doc:"Absent: without limit"`
}

// Observed is the share of the candidate as it came out, in the current step.
type Observed struct {
	Unit      string  `json:"unit" example:"request" doc:"What was drawn: request, which may be a connection, or client"`
	Candidate uint64  `json:"candidate" doc:"Units of the candidate"`
	All       uint64  `json:"all" doc:"Units of both versions"`
	Share     float64 `json:"share" doc:"0 to 1"`
	Low       float64 `json:"low" doc:"The dice leave the share between low and high in 19 of 20 cases"`
	High      float64 `json:"high"`
}

func verdictOf(v verdict.Verdict) *RolloutVerdict {
	d := &RolloutVerdict{
		Outcome: string(v.Outcome), Reason: string(v.Reason), Leading: v.Leading.String(), Evidence: v.E, Enough: v.Enough,
		Sure: 1 - v.Rules.Alpha, Needed: v.Needed, Words: v.Explain(), Findings: []Finding{},
	}
	for _, f := range v.Findings {
		d.Findings = append(d.Findings, Finding{
			Event: f.Event.String(), Means: f.Event.Facts().Means, Candidate: Hits(f.Candidate), Stable: Hits(f.Stable),
			Expected: f.Expected, Risk: riskOf(f.Risk), Against: f.E, For: f.For, Enough: f.Enough, Needed: f.Needed,
		})
	}
	return d
}

func riskOf(i verdict.Interval) Risk {
	if math.IsInf(i.High, 1) {
		return Risk{Low: i.Low}
	}
	return Risk{i.Low, &i.High}
}

// observe compares what the candidate got in the current step with what its
// weights let expect; nil before anything was drawn.
func observe(e *verdict.Evidence) *Observed {
	o := &Observed{Unit: string(e.Rules.Unit)}
	var expected, variance float64
	for _, s := range e.Strata {
		if s.Step != len(e.Starts)-1 {
			continue
		}
		candidate, stable := s.Candidate.Units, s.Stable.Units
		if e.Rules.Unit == verdict.Clients {
			candidate, stable = s.Candidate.Visitors, s.Stable.Visitors
		}
		n, w := float64(candidate+stable), float64(s.Weight)/10000
		o.Candidate += candidate
		o.All += candidate + stable
		expected += n * w
		variance += n * w * (1 - w)
	}
	if o.All == 0 {
		return nil
	}
	n, spread := float64(o.All), 1.96*math.Sqrt(variance)
	o.Share = float64(o.Candidate) / n
	o.Low, o.High = max(0, expected-spread)/n, min(n, expected+spread)/n
	return o
}
