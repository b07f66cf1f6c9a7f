package notify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"weir/rollout"
	"weir/route"
)

// Event is what a message is about.
type Event string

// The events.
const (
	Detected     Event = "detected"     // a new version came, and a rollout of it has begun
	Step         Event = "step"         // a step has begun
	Paused       Event = "paused"       // something holds the rollout
	Inconclusive Event = "inconclusive" // no verdict came in time
	Promoting    Event = "promoting"    // the candidate is to be the stable version
	Completed    Event = "completed"    // it is
	Aborted      Event = "aborted"      // all traffic goes back to stable
	Override     Event = "override"     // a person has set the weight, or lets go of it
)

// Message is the body of a webhook: a transition of a rollout, and the rollout
// as it is after that.
type Message struct {
	ID        string         `json:"id"` // equal when the same is sent again
	Events    []Event        `json:"events,omitempty"`
	At        time.Time      `json:"at,omitzero"`
	By        string         `json:"by,omitempty"`
	Text      string         `json:"text"` // one line for people
	Scope     route.Scope    `json:"scope"`
	Rollout   string         `json:"rollout"`
	Revision  uint64         `json:"revision"`
	Phase     rollout.Phase  `json:"phase"`
	Reason    rollout.Reason `json:"reason,omitempty"`
	Message   string         `json:"message,omitempty"`
	Stable    string         `json:"stable"`
	Candidate string         `json:"candidate,omitempty"`
	Step      int            `json:"step"` // from 1
	Steps     int            `json:"steps"`
	Weight    route.Weight   `json:"weight"` // of the candidate
	Gate      string         `json:"gate,omitempty"`
}

// describe is what a message tells of a state.
func describe(s *rollout.State) Message {
	return Message{
		Scope: s.Scope, Rollout: s.ID, Revision: s.Revision, Phase: s.Phase, Reason: s.Reason, Message: s.Message,
		Stable: s.Stable.Key, Candidate: s.Candidate.Key, Step: min(s.Step+1, len(s.Policy.Steps)), Steps: len(s.Policy.Steps), Weight: s.Weight,
	}
}

// messageOf is the message about a transition.
func messageOf(s *rollout.State, e *rollout.Entry) Message {
	m := describe(s)
	m.ID, m.At, m.By = fmt.Sprintf("%s#%d", e.Scope, e.Serial), e.At, e.By
	var lines []string
	for _, c := range e.Changes {
		event := eventOf(c)
		if event == "" {
			continue
		}
		if !slices.Contains(m.Events, event) {
			m.Events = append(m.Events, event)
		}
		lines = append(lines, lineOf(event, c))
	}
	m.Text = fmt.Sprintf("%s: %s", e.Scope, strings.Join(lines, "; "))
	if e.Command != nil {
		m.Text += fmt.Sprintf(" (by %s%s)", e.By, prefixed(": ", e.Command.Reason))
	}
	return m
}

// eventOf is the event that a change is; empty for none.
func eventOf(c rollout.Change) Event {
	switch c.Kind {
	case rollout.KindStage:
		return map[rollout.Phase]Event{
			rollout.Preview: Detected, rollout.Promoting: Promoting, rollout.Completed: Completed, rollout.Aborting: Aborted, rollout.Superseded: Aborted,
		}[rollout.Phase(c.To)]
	case rollout.KindNote: // what is found out about it a moment later
		return Detected
	case rollout.KindStep:
		return Step
	case rollout.KindOverride:
		return Override
	case rollout.KindHold:
		switch {
		case c.From != "" || c.To == string(rollout.ByTime): // goes on by itself
			return ""
		case c.To == string(rollout.ByInconclusive):
			return Inconclusive
		}
		return Paused
	}
	return ""
}

// lineOf is one change for people.
func lineOf(event Event, c rollout.Change) string {
	what := string(event)
	if event == Step {
		what += " " + c.To
	}
	return what + prefixed(": ", cmp.Or(c.Message, string(c.Reason)))
}

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}
