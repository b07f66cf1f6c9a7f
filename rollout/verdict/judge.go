package verdict

import (
	"math"

	"weir/rollout/event"
)

// Outcome is what a verdict says.
type Outcome string

const (
	Fail         Outcome = "FAIL"         // the candidate is worse than tolerated
	Pause        Outcome = "PAUSE"        // both versions are bad: nothing to learn, nothing to advance
	Pass         Outcome = "PASS"         // the candidate's rate is within the margin in this step
	Inconclusive Outcome = "INCONCLUSIVE" // neither is shown yet
)

// Reason is why, in one word for programs.
type Reason string

const (
	Worse      Reason = "worse"            // FAIL
	BothBad    Reason = "both_bad"         // PAUSE
	GoodEnough Reason = "good_enough"      // PASS
	NoTraffic  Reason = "no_traffic"       // nothing was drawn for the candidate in this step
	FewBad     Reason = "few_bad"          // the evidence is enough, of too few events or clients
	NeedsMore  Reason = "needs_more_units" // neither FAIL nor PASS yet
)

// Decision is the short form of a verdict.
type Decision struct {
	Outcome Outcome     `json:"outcome"`
	Reason  Reason      `json:"reason"`
	Leading event.Event `json:"leading"` // the event that speaks most against the candidate
	E       float64     `json:"e"`       // evidence against it; at most the greatest float64
	Enough  float64     `json:"enough"`  // how much is enough for FAIL, 1/alpha
}

// Decide tells the outcome. It is cheap enough to be asked for at every round.
func (e *Evidence) Decide() Decision {
	a := e.against()
	d := Decision{Leading: e.Rules.Events[a.leading()], E: bounded(a.all), Enough: 1 / e.Rules.Alpha}
	enough := -math.Log(e.Rules.Alpha)
	settled := e.settled(a)
	switch {
	case settled.all >= enough:
		d.Leading = e.Rules.Events[settled.leading()]
		d.Outcome, d.Reason = Fail, Worse
	case e.areBothBad():
		d.Outcome, d.Reason = Pause, BothBad
	case a.all >= enough:
		d.Outcome, d.Reason = Inconclusive, FewBad
	default:
		d.Outcome, d.Reason = e.isGood()
	}
	return d
}

// isGood asks for PASS: every event must be within the margin.
func (e *Evidence) isGood() (Outcome, Reason) {
	for _, met := range e.Rules.Events {
		t, ok := e.trial(met)
		if !ok {
			return Inconclusive, NoTraffic
		}
		if !e.Rules.passes(t) {
			return Inconclusive, NeedsMore
		}
	}
	return Pass, GoodEnough
}

// Verdict is a decision with all that led to it.
type Verdict struct {
	Decision
	Rules    Rules     `json:"rules"`
	Step     int       `json:"step"` // from 1; 0 before the first
	Steps    int       `json:"steps"`
	Findings []Finding `json:"findings"` // one for each event of the rules
	// Needed is how many more units of the candidate it takes to PASS if it
	// behaves as stable does; 0 when it failed, passes, or never will.
	Needed uint64 `json:"needed"`
}

// Finding is what is known of one event.
type Finding struct {
	Event     event.Event `json:"event"`
	Candidate Hits        `json:"candidate"`
	Stable    Hits        `json:"stable"`
	// Expected is how many of the counted bad events the candidate would have
	// if the versions were equally good.
	Expected float64  `json:"expected"`
	E        float64  `json:"e"`           // its part of the evidence against the candidate
	For      float64  `json:"e_pass"`      // evidence that the candidate is within the margin
	Enough   float64  `json:"e_pass_min"`  // how much of it is enough for PASS
	Risk     Interval `json:"risk"`        // of the candidate, relative to stable's
	Needed   uint64   `json:"more_needed"` // as in Verdict
}

// Hits is how often something happened to one version in the whole rollout.
type Hits struct {
	Units   uint64 `json:"units"`
	Bad     uint64 `json:"bad"`
	Counted uint64 `json:"counted"` // bad events that count: all while both versions were drawn, or the first of each client
}

// Judge tells the outcome and why.
func (e *Evidence) Judge() Verdict {
	v := Verdict{Decision: e.Decide(), Rules: e.Rules, Step: len(e.Starts), Steps: e.Steps}
	a := e.against()
	for m, met := range e.Rules.Events {
		f := e.find(met)
		if f.E = bounded(a.parts[m]); v.Outcome == Fail {
			f.Needed = 0
		}
		v.Findings = append(v.Findings, f)
		v.Needed = max(v.Needed, f.Needed)
	}
	return v
}

func (e *Evidence) find(met event.Event) Finding {
	f := Finding{Event: met, Risk: e.interval(met)}
	for i := range e.Strata {
		s := &e.Strata[i]
		f.Candidate.add(s.Candidate, met)
		f.Stable.add(s.Stable, met)
		if s.isDrawn() {
			candidate, stable := s.bad(met, e.Rules.Unit)
			f.Candidate.Counted += candidate
			f.Stable.Counted += stable
			f.Expected += float64(float64(candidate+stable) * float64(s.Weight) / 10000)
		}
	}
	t, ok := e.trial(met)
	log, enough := e.Rules.favour(t)
	f.For, f.Enough = bounded(log), bounded(enough)
	if !ok || log < enough {
		f.Needed = e.Rules.needed(t)
	}
	return f
}

func (h *Hits) add(s Side, met event.Event) {
	h.Units += s.Units
	h.Bad += s.Bad[met]
}
