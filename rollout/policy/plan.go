package policy

import (
	"fmt"
	"math"
	"strings"
	"time"

	"weir/rollout/verdict"
	"weir/route"
)

// Plan is what a policy comes to, for people, before anything runs.
type Plan struct {
	Steps    []Planned `json:"steps"`
	Earliest Duration  `json:"earliest"` // from a healthy candidate to the promotion
	Waits    bool      `json:"waits"`    // somebody has to act
}

// Planned is one step in words.
type Planned struct {
	Number int          `json:"number"` // from 1
	Does   string       `json:"does"`
	Weight route.Weight `json:"weight"` // of the candidate during the step
	Least  Duration     `json:"least"`  // the step takes no less
	// Units is how many requests, connections or clients the candidate needs
	// for a verdict if none of them is bad; 0 where none is waited for.
	Units uint64 `json:"units,omitempty"`
	// Rate is how many of the requests go to the candidate in a second.
	Rate float64 `json:"rate,omitempty"`
	Note string  `json:"note,omitempty"` // what will not come out as it is written
}

// Plan tells the steps. rate is how many requests or connections the route has
// in a second, over all versions; 0 is unknown, and no time is planned for the
// verdicts then.
func (p *Policy) Plan(rate float64) Plan {
	plan := Plan{Earliest: p.Detect.Stabilise}
	needed := p.needed()
	var now route.Weight
	for i, s := range p.Steps {
		if s.SetWeight != nil {
			now = *s.SetWeight
		}
		step := Planned{Number: i + 1, Does: s.String(), Weight: now, Least: s.least(), Rate: rate * float64(now) / float64(route.Full)}
		if s.wantsVerdict() {
			step.Units = needed
			step.await(until(needed, step.Rate), &s)
		}
		plan.Earliest += step.Least
		plan.Waits = plan.Waits || s.Pause != nil && s.Pause.Duration == 0 || s.Promote != nil && p.NomadOf(s.Promote) == NomadAsk
		plan.Steps = append(plan.Steps, step)
	}
	return plan
}

// await adds the time that a verdict takes. A step that ends before is noted.
func (p *Planned) await(takes Duration, s *Step) {
	if s.Analysis == nil || takes <= s.Analysis.Max {
		p.Least = max(p.Least, takes)
		return
	}
	p.Least = s.Analysis.Max
	p.Note = fmt.Sprintf("the verdict takes %s at this rate, and max is %s", takes, s.Analysis.Max)
}

// NomadOf is what weir may do in Nomad in a promote step.
func (p *Policy) NomadOf(s *Promote) Nomad {
	if s != nil && s.Nomad != "" {
		return s.Nomad
	}
	return p.Nomad
}

// least is how long the steps take at least.
func (p *Policy) least() (sum Duration) {
	for _, s := range p.Steps {
		sum += s.least()
	}
	return sum
}

func (s *Step) least() Duration {
	switch {
	case s.Pause != nil:
		return s.Pause.Duration
	case s.Bake != nil:
		return s.Bake.Duration
	case s.Analysis != nil && s.Analysis.Until == UntilTime:
		return s.Analysis.Max
	}
	return 0
}

func (s *Step) wantsVerdict() bool {
	return s.Analysis != nil && s.Analysis.Until == UntilPass || s.Bake != nil
}

// needed is how many good units of the candidate make a PASS.
func (p *Policy) needed() uint64 {
	e, err := verdict.New(p.Rules(), 1)
	if err != nil {
		return 0
	}
	return e.Judge().Needed
}

// until is how long units take at a rate, in whole seconds.
func until(units uint64, rate float64) Duration {
	if rate <= 0 {
		return 0
	}
	s := math.Ceil(float64(units) / rate)
	return Duration(min(s, maxDuration.Seconds()) * float64(time.Second))
}

// String says in words what the step does.
func (s Step) String() string {
	switch {
	case s.Preview != nil:
		return "wait until the candidate's instances pass"
	case s.SetWeight != nil:
		return fmt.Sprintf("give the candidate %s", s.SetWeight)
	case s.Pause != nil && s.Pause.Duration == 0:
		return "wait until somebody promotes"
	case s.Pause != nil:
		return fmt.Sprintf("wait %s", s.Pause.Duration)
	case s.Analysis != nil && s.Analysis.Until == UntilTime:
		return fmt.Sprintf("watch the verdict for %s", s.Analysis.Max)
	case s.Analysis != nil:
		return fmt.Sprintf("wait for the verdict, at most %s, then %s", s.Analysis.Max, s.Analysis.OnInconclusive.words())
	case s.Mirror != nil && s.Mirror.Percent == 0:
		return "copy no more requests"
	case s.Mirror != nil:
		return fmt.Sprintf("copy %v%% of %s to the candidate", s.Mirror.Percent, strings.Join(s.Mirror.Methods, ", "))
	case s.Gate != nil:
		return fmt.Sprintf("ask the gate %s, at most %s", s.Gate.Name, s.Gate.Timeout)
	case s.Bake != nil:
		return fmt.Sprintf("bake for %s; without a verdict then %s", s.Bake.Duration, s.Bake.OnInconclusive.words())
	case s.Promote != nil:
		return "promote"
	}
	return "nothing"
}

func (o OnInconclusive) words() string {
	switch o {
	case PromoteOn:
		return "go on"
	case AbortOn:
		return "abort"
	}
	return "hold"
}
