package controller

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"weir/rollout"
	"weir/rollout/verdict"
	"weir/route"
	"weir/store"
)

// proof is the evidence of a rollout and its document, which is written together
// with the state: gzip of the JSON form, which a large fleet needs.
type proof struct {
	rollout  string            // State.ID
	evidence *verdict.Evidence // nil before the first step with a weight
	index    uint64            // of the document, of whichever rollout; 0: there is none
	dirty    bool              // the document lacks something
	asked    uint64            // the round of questions that was taken in last
}

// proven is the JSON form of a document.
type proven struct {
	Rollout  string          `json:"rollout"`
	Evidence json.RawMessage `json:"evidence"`
}

func proofKey(s route.Scope) string { return below(proofs, s) }

func encodeProof(rollout string, e *verdict.Evidence) ([]byte, error) {
	text, err := e.Encode()
	if err != nil {
		return nil, err
	}
	if text, err = json.Marshal(proven{rollout, text}); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err = z.Write(text)
	err = errors.Join(err, z.Close())
	return b.Bytes(), err
}

func decodeProof(value []byte) (rollout string, e *verdict.Evidence, err error) {
	z, err := gzip.NewReader(bytes.NewReader(value))
	if err != nil {
		return "", nil, err
	}
	text, err := io.ReadAll(io.LimitReader(z, verdict.MaxSize+1024))
	if err != nil {
		return "", nil, err
	}
	var p proven
	if err := json.Unmarshal(text, &p); err != nil {
		return "", nil, err
	}
	e, err = verdict.Decode(p.Evidence)
	return p.Rollout, e, err
}

// Evidence is what the verdict of the last rollout of a scope is based on, as
// the leader wrote it last, and that rollout's ID; store.ErrNotFound when there
// is none.
func (c *Controller) Evidence(ctx context.Context, s route.Scope) (rollout string, e *verdict.Evidence, err error) {
	doc, err := c.conf.Store.Get(ctx, proofKey(s))
	if err != nil {
		return "", nil, err
	}
	if rollout, e, err = decodeProof(doc.Value); err != nil {
		err = fmt.Errorf("%s: %w", doc.Key, err)
	}
	return rollout, e, err
}

// weighEvidence takes in what the proxies have counted since the last time.
func (l *leader) weighEvidence(ctx context.Context, w *work) error {
	if w.state.Since == 0 {
		return nil
	}
	if w.proof == nil || w.proof.rollout != w.state.ID {
		p, err := l.readProof(ctx, &w.state)
		if err != nil {
			return err
		}
		w.proof = p
	}
	if err := w.proof.begin(&w.state); err != nil {
		return err
	}
	if w.proof.asked == l.asked {
		return nil
	}
	w.proof.asked, w.proof.dirty = l.asked, true
	for _, refused := range w.proof.evidence.Add(l.reports(&w.state)...) {
		l.conf.Log.Warn("counters are left out", "scope", w.state.Scope.String(), "error", refused)
	}
	return nil
}

func (l *leader) reports(s *rollout.State) (round []verdict.Report) {
	for _, p := range l.proxies {
		one := l.answers[p.Name].Scopes[s.Scope.String()]
		if one.Report != nil && one.Rollout == s.ID {
			round = append(round, *one.Report)
		}
	}
	return round
}

// readProof reads the evidence of a rollout that another leader has begun. What
// is lost of it is counted anew from what the proxies still hold.
func (l *leader) readProof(ctx context.Context, s *rollout.State) (*proof, error) {
	p := &proof{rollout: s.ID}
	doc, err := l.conf.Store.Get(ctx, proofKey(s.Scope))
	switch {
	case errors.Is(err, store.ErrNotFound):
		err = errors.New("it was deleted")
	case err != nil:
		return nil, err
	default:
		p.index = doc.Index
		var rollout string
		if rollout, p.evidence, err = decodeProof(doc.Value); err == nil && rollout != s.ID {
			p.evidence, err = nil, fmt.Errorf("it is of rollout %s", rollout)
		}
	}
	if err != nil && s.Live.Verdict.Outcome != "" {
		l.conf.Log.Error("the evidence is lost and counted anew from what the proxies still hold", "scope", s.Scope.String(), "rollout", s.ID, "reason", err)
	}
	return p, nil
}

// begin begins the evidence, or a step of it, where the state begins one.
func (p *proof) begin(s *rollout.State) (err error) {
	if p.evidence == nil {
		p.dirty = true
		if p.evidence, err = verdict.New(s.Policy.Rules(), max(1, s.Policy.WeightSteps())); err != nil {
			return err
		}
	}
	if n := len(p.evidence.Starts); n == 0 || n < p.evidence.Steps && s.Since > p.evidence.Starts[n-1] {
		p.dirty = true
		return p.evidence.Begin(s.Since)
	}
	return nil
}

// judged is the verdict on the rollout; nil when there is none.
func (w *work) judged() *rollout.Judged {
	if w.state.Since == 0 {
		return nil
	}
	return &rollout.Judged{Decision: w.proof.evidence.Decide(), Rollout: w.state.ID, Since: w.state.Since}
}

func (p *proof) isNew() bool { return p != nil && p.dirty }

// write is the write of the document, if it lacks something.
func (p *proof) write(s route.Scope) ([]store.Write, error) {
	if !p.isNew() {
		return nil, nil
	}
	text, err := encodeProof(p.rollout, p.evidence)
	return []store.Write{{Key: proofKey(s), Value: text, Index: p.index}}, err
}

func (p *proof) wrote(index uint64) { p.index, p.dirty = index, false }
