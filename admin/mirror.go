package admin

import (
	"fmt"

	"weir/rollout/controller"
)

// RolloutMirror is the copying of requests to the candidate.
type RolloutMirror struct {
	Percent     float64           `json:"percent" example:"5" doc:"Of the requests; 0 where it is over"`
	Methods     []string          `json:"methods,omitempty"`
	Sent        uint64            `json:"sent" doc:"Copies that this proxy has sent in the rollout"`
	Dropped     uint64            `json:"dropped" doc:"That it did not send, because there was no room"`
	Failed      uint64            `json:"failed" doc:"Of those sent, without a whole answer in time"`
	Answers     map[string]uint64 `json:"answers,omitempty" example:"{\"2xx\":208}" doc:"Of those sent, by class of status"`
	HalfSeconds float64           `json:"half_seconds,omitempty" doc:"Within this time half of the answers ended"`
	MostSeconds float64           `json:"most_seconds,omitempty" doc:"And 99 of 100"`
}

// mirror tells of the mirror of a rollout on this proxy; nil where none is or was
// on.
func (a *Admin) mirror(r controller.Rollout) *RolloutMirror {
	m := &RolloutMirror{Percent: r.Mirror.Percent, Methods: r.Mirror.Methods}
	if a.Copies == nil {
		return nil
	}
	c, any := a.Copies(r.Scope)
	if m.Percent == 0 && !any {
		return nil
	}
	m.Sent, m.Dropped, m.Failed = c.Sent, c.Dropped, c.Failed
	m.HalfSeconds, m.MostSeconds = c.Half.Seconds(), c.Most.Seconds()
	for digit, n := range c.Answers {
		if n > 0 {
			if m.Answers == nil {
				m.Answers = map[string]uint64{}
			}
			m.Answers[fmt.Sprintf("%dxx", digit)] = n
		}
	}
	return m
}
