package admin

import (
	"cmp"
	"fmt"
	"time"

	"weir/rollout"
	"weir/rollout/detect"
	"weir/rollout/policy"
	"weir/route"
)

// commandsFor lists the commands that have an effect on a state, as a person
// writes them: those of which the rollout itself says so.
func commandsFor(s rollout.State) []string {
	all := []struct {
		words string
		do    rollout.Command
	}{
		{"resume", rollout.Command{Verb: rollout.Resume}},
		{"promote", rollout.Command{Verb: rollout.Promote}},
		{"promote --full", rollout.Command{Verb: rollout.Promote, Full: true}},
		{"abort", rollout.Command{Verb: rollout.Abort}},
		{"pause", rollout.Command{Verb: rollout.Pause}},
		{"release", rollout.Command{Verb: rollout.Release}},
		{"set-weight", rollout.Command{Verb: rollout.SetWeight, Weight: s.Weight}},
		{"step --back", rollout.Command{Verb: rollout.ToStep, Back: true}},
		{"step --to", rollout.Command{Verb: rollout.ToStep, Step: 1}},
		{"retry", rollout.Command{Verb: rollout.Retry}},
		{"undo", rollout.Command{Verb: rollout.Undo}},
	}
	can := []string{}
	for _, c := range all {
		if hasEffect(s, c.do) {
			can = append(can, c.words)
		}
	}
	return can
}

func hasEffect(s rollout.State, do rollout.Command) bool {
	_, actions := rollout.Next(s, rollout.Input{Command: &do, Fresh: "any"})
	written := false
	for _, a := range actions {
		switch a.(type) {
		case rollout.Refused:
			return false
		case rollout.Entry:
			written = true
		}
	}
	return written
}

// then says what a rollout does when nobody gives a command.
func then(s *rollout.State) string {
	p := &s.Policy
	switch s.Stage {
	case rollout.Healthy:
		return thenHealthy(s)
	case rollout.Aborting:
		return "the rollout ends when all proxies have weight 0"
	case rollout.Aborted:
		return s.Candidate.Key + " stays without traffic; its rollout is over when its instances are gone"
	}
	if o := s.Override; o != nil {
		return fmt.Sprintf("the weight of %s holds for another %s; then the rollout waits", cmp.Or(o.By, "somebody"), in(o.For-s.Live.Clock.Override))
	}
	if held := heldBy(s); held != "" {
		return "it waits " + held
	}
	switch s.Stage {
	case rollout.Preview:
		return fmt.Sprintf("the steps begin when %d of its instances have passed for %s and all proxies know of it", p.Detect.MinInstances, p.Detect.Stabilise)
	case rollout.Promoting:
		return s.Candidate.Key + " becomes stable when the promotion is done"
	}
	return thenStep(p.Steps[s.Step], s.Live.Clock.Step)
}

func thenHealthy(s *rollout.State) string {
	switch e := s.Live.Emerging; {
	case s.Policy.Strategy == "" || s.Policy.Strategy == policy.None:
		return "nothing: no policy is in force"
	case s.Stable.Key == "":
		return "the first version that passes becomes stable"
	case e.Key != "":
		return fmt.Sprintf("the rollout of %s begins when it has been there for %s", e.Key, s.Policy.Detect.Stabilise)
	}
	return "a new version starts a rollout"
}

// heldBy is what holds the rollout besides the time of its step; empty for
// nothing.
func heldBy(s *rollout.State) string {
	for _, h := range s.Holds {
		switch h.Cause {
		case rollout.ByTime:
		case rollout.ByStep:
			return "until somebody promotes"
		case rollout.ByUser:
			return "until somebody resumes: " + h.Message
		default:
			return "because of this: " + h.Message
		}
	}
	return ""
}

// thenStep says how a step ends that has lasted for a time.
func thenStep(s policy.Step, elapsed time.Duration) string {
	switch {
	case s.SetWeight != nil:
		return "the next step begins when all proxies have the weight"
	case s.Pause != nil:
		return "the next step begins in " + in(s.Pause.Duration.Of()-elapsed)
	case s.Gate != nil:
		return fmt.Sprintf("the next step begins when the gate %s says yes", s.Gate.Name)
	case s.Analysis != nil && s.Analysis.Until == policy.UntilTime:
		return "the next step begins in " + in(s.Analysis.Max.Of()-elapsed) + " unless the candidate fails"
	case s.Analysis != nil:
		return fmt.Sprintf("the next step begins at PASS; without one in %s: %s", in(s.Analysis.Max.Of()-elapsed), s.Analysis.OnInconclusive)
	case s.Bake != nil:
		return fmt.Sprintf("the next step begins at PASS in %s or later; without one then: %s", in(s.Bake.Duration.Of()-elapsed), s.Bake.OnInconclusive)
	}
	return "the next step begins"
}

// in prints the rest of a time in whole seconds.
func in(left time.Duration) string { return policy.Duration(max(0, left).Round(time.Second)).String() }

// notesOf is what will not go as one may think.
func notesOf(s *rollout.State) (notes []string) {
	known := s.Known()
	if known.Candidate == "" {
		known.Candidate = s.Live.Emerging.Key
	}
	if known.Candidate == "" {
		return nil
	}
	for _, l := range detect.Lints(s.Live.Seen, known, s.Updates, topWeight(s.Policy.Steps), s.Policy.Guards.Ratio) {
		notes = append(notes, l.Message)
	}
	return notes
}

// topWeight is the greatest weight of the steps before the promotion.
func topWeight(steps []policy.Step) (top route.Weight) {
	for _, s := range steps {
		if s.SetWeight != nil {
			top = max(top, *s.SetWeight)
		}
	}
	return top
}
