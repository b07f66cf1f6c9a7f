package replay

import (
	"encoding/json"
	"io"
	"time"

	"weir/rollout/verdict"
)

// Writer writes a recording. It is not safe for concurrent use. An error is that
// of the writer below.
type Writer struct {
	out   *json.Encoder
	steps int
	round uint64
}

// NewWriter writes the header. The writer stays the caller's.
func NewWriter(w io.Writer, rollout string, rules verdict.Rules, steps int) (*Writer, error) {
	out := json.NewEncoder(w)
	return &Writer{out: out}, out.Encode(header{Recording: Schema, Rollout: rollout, Steps: steps, Rules: rules})
}

// Continue writes a header with what is known already: the evidence so far, which
// is not changed. Rounds that led to it are not needed to judge those that come.
func Continue(w io.Writer, rollout string, e *verdict.Evidence) (*Writer, error) {
	if len(e.Starts) == 0 {
		return NewWriter(w, rollout, e.Rules, e.Steps) // nothing is known yet
	}
	text, err := e.Encode()
	if err != nil {
		return nil, err
	}
	out := json.NewEncoder(w)
	return &Writer{out: out, steps: len(e.Starts)}, out.Encode(header{Recording: Schema, Rollout: rollout, Steps: e.Steps, Rules: e.Rules, Evidence: text})
}

// Begin records what Evidence.Begin was told.
func (w *Writer) Begin(generation uint64) error {
	w.steps++
	return w.out.Encode(begin{w.steps, generation})
}

// Add records a round, which Evidence.Add has taken without problems, at least
// one step after Begin. now is shown to people and may be zero.
func (w *Writer) Add(now time.Time, round ...verdict.Report) error {
	w.round++
	for _, r := range round {
		for _, g := range r.Generations {
			line := counters{w.round, now, r.Proxy, r.Epoch, g.Generation, g.Weight, g.Candidate, g.Stable}
			if err := w.out.Encode(line); err != nil {
				return err
			}
		}
	}
	return nil
}
