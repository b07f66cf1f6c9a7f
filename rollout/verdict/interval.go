package verdict

import (
	"encoding/json"
	"math"

	"weir/rollout/event"
)

// Interval holds the relative risk of the candidate with probability 1-alpha,
// at all times at once. High is +Inf where nothing speaks against any risk; as
// JSON that is null.
type Interval struct{ Low, High float64 }

// Reach of the search for an interval's ends; beyond it an end is 0 or +Inf.
const leastRisk, mostRisk = 1e-4, 1e4

// interval is all relative risks that are not refuted. Evidence from the
// rollout's begin is used, and half of alpha for each side.
func (e *Evidence) interval(met event.Event) Interval {
	enough := -math.Log(e.Rules.Alpha / 2)
	above, below := newProcess(1), newProcess(-1)
	i := Interval{0, math.Inf(1)}
	if e.versus(met, &above, leastRisk) >= enough {
		i.Low = edge(leastRisk, mostRisk, func(risk float64) bool { return e.versus(met, &above, risk) >= enough })
	}
	if e.versus(met, &below, mostRisk) >= enough {
		i.High = edge(mostRisk, leastRisk, func(risk float64) bool { return e.versus(met, &below, risk) >= enough })
	}
	return i
}

// edge finds the last risk on the way from one to the other that is refuted.
// Evidence against a risk only falls on that way.
func edge(from, to float64, refuted func(risk float64) bool) float64 {
	low, high := math.Log(from), math.Log(to)
	for range 50 {
		if middle := (low + high) / 2; refuted(math.Exp(middle)) {
			low = middle
		} else {
			high = middle
		}
	}
	return math.Exp(low)
}

// versus is the log of the evidence against one relative risk.
func (e *Evidence) versus(met event.Event, p *process, risk float64) float64 {
	var sum grid
	for i := range e.Strata {
		s := &e.Strata[i]
		candidate, stable := s.bad(met, e.Rules.Unit)
		if !s.isDrawn() || candidate == 0 && stable == 0 {
			continue
		}
		odds := p.odds(s.Weight, risk)
		p.weigh(&sum, &odds, float64(candidate), float64(stable))
	}
	var mean logSum
	mean.addAll(&sum)
	return mean.mean()
}

// intervalText is an interval as JSON.
type intervalText struct {
	Low  float64  `json:"low"`
	High *float64 `json:"high"`
}

// MarshalJSON prints {"low":0.5,"high":null}.
func (i Interval) MarshalJSON() ([]byte, error) {
	t := intervalText{Low: i.Low}
	if !math.IsInf(i.High, 1) {
		t.High = &i.High
	}
	return json.Marshal(t)
}

// UnmarshalJSON reads what MarshalJSON prints.
func (i *Interval) UnmarshalJSON(text []byte) error {
	var t intervalText
	if err := json.Unmarshal(text, &t); err != nil {
		return err
	}
	*i = Interval{t.Low, math.Inf(1)}
	if t.High != nil {
		i.High = *t.High
	}
	return nil
}
