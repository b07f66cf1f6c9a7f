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
	"weir/rollout/verdict/replay"
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
	l.record(w)
	if began, err := w.proof.beginStep(&w.state); err != nil {
		return err
	} else if began {
		l.recordStep(w)
	}
	if w.proof.asked == l.asked {
		return nil
	}
	w.proof.asked, w.proof.dirty = l.asked, true
	round := l.reports(&w.state)
	problems := w.proof.evidence.Add(round...)
	for _, refused := range problems {
		l.conf.Log.Warn("counters are left out", "scope", w.state.Scope.String(), "error", refused)
	}
	l.recordRound(w, round, problems)
	return nil
}

// Recording is what the last rollout of a scope was judged by, for
// replay.Judge: the rounds that this proxy has recorded as the leader, or else
// the evidence that the leader wrote last. It is store.ErrNotFound when there is
// nothing.
func (c *Controller) Recording(ctx context.Context, s route.Scope) ([]byte, error) {
	state := c.view.one(s).state
	if text, err := c.stored(state.ID); err != nil || text != nil {
		return text, err
	}
	id, e, err := c.Evidence(ctx, s)
	if err != nil {
		return nil, err
	}
	title := "rollout " + id
	if id == state.ID {
		title = titleOf(&state)
	}
	var b bytes.Buffer
	_, err = replay.Continue(&b, title, e)
	return b.Bytes(), err
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

// begin begins the evidence where the state begins it.
func (p *proof) begin(s *rollout.State) (err error) {
	if p.evidence == nil {
		p.dirty = true
		p.evidence, err = verdict.New(s.Policy.Rules(), max(1, s.Policy.WeightSteps()))
	}
	return err
}

// beginStep begins a step of the evidence where the state begins one, and
// reports whether it did.
func (p *proof) beginStep(s *rollout.State) (bool, error) {
	n := len(p.evidence.Starts)
	if n > 0 && (n >= p.evidence.Steps || s.Since <= p.evidence.Starts[n-1]) {
		return false, nil
	}
	p.dirty = true
	return true, p.evidence.Begin(s.Since)
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
