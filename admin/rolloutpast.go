package admin

import (
	"context"
	"fmt"
	"time"

	"weir/rollout"
	"weir/route"
)

// RolloutRecord is a rollout that is over.
type RolloutRecord struct {
	Revision    uint64    `json:"revision"`
	ID          string    `json:"id"`
	Stable      string    `json:"stable" example:"v1.0.4" doc:"Version that was stable when it began"`
	Candidate   string    `json:"candidate" example:"v1.0.5"`
	Outcome     string    `json:"outcome" example:"completed" doc:"completed, aborted or superseded"`
	Reason      string    `json:"reason" example:"verdict_pass"`
	Message     string    `json:"message,omitempty"`
	By          string    `json:"by" doc:"Who acted on it last, or the proxy that led"`
	Step        int       `json:"step" doc:"Number of its last step, from 1"`
	TookSeconds float64   `json:"took_seconds" doc:"Without the time that people took"`
	At          time.Time `json:"at" doc:"When it ended"`
}

// AuditEntry is one change of a rollout.
type AuditEntry struct {
	Serial  uint64        `json:"serial" doc:"Without gaps in a scope"`
	At      time.Time     `json:"at"`
	By      string        `json:"by" doc:"A person, or the proxy that led"`
	Rollout string        `json:"rollout,omitempty" doc:"ID of the rollout"`
	Command string        `json:"command,omitempty" example:"set-weight 12.5%" doc:"Absent where the rollout moved by itself"`
	Reason  string        `json:"reason,omitempty" doc:"That the person gave"`
	Changes []AuditChange `json:"changes" nullable:"false"`
}

// AuditChange is one thing that is different.
type AuditChange struct {
	Kind    string `json:"kind" example:"weight" doc:"stage, step, weight, hold, override, stable or seen"`
	From    string `json:"from,omitempty"`
	To      string `json:"to,omitempty"`
	Reason  string `json:"reason,omitempty"`
	Message string `json:"message,omitempty"`
}

func recordOf(r rollout.Record) RolloutRecord {
	return RolloutRecord{
		Revision: r.Revision, ID: r.ID, Stable: r.Stable.Key, Candidate: r.Candidate.Key, Outcome: string(r.Outcome),
		Reason: string(r.Reason), Message: r.Message, By: r.By, Step: r.Step + 1, TookSeconds: r.Took.Seconds(), At: r.At,
	}
}

func (a *Admin) history(ctx context.Context, in *ScopeInput) (*historyOutput, error) {
	s := in.scope()
	records, problems, err := a.Rollouts.History(ctx, s)
	if err != nil {
		return nil, storeError("read", err)
	}
	if _, known := a.Rollouts.Get(s); !known && len(records) == 0 {
		return nil, a.unknownRollout(ctx, s)
	}
	out := &historyOutput{}
	out.Body.Rollouts, out.Body.Problems = []RolloutRecord{}, problemsOf(problems)
	for _, r := range records {
		out.Body.Rollouts = append(out.Body.Rollouts, recordOf(r))
	}
	return out, nil
}

func (a *Admin) audit(ctx context.Context, in *ScopeInput) (*auditOutput, error) {
	s := in.scope()
	entries, problems, err := a.Rollouts.Audit(ctx, s)
	if err != nil {
		return nil, storeError("read", err)
	}
	if _, known := a.Rollouts.Get(s); !known && len(entries) == 0 {
		return nil, a.unknownRollout(ctx, s)
	}
	out := &auditOutput{}
	out.Body.Entries, out.Body.Problems = []AuditEntry{}, problemsOf(problems)
	for _, e := range entries {
		out.Body.Entries = append(out.Body.Entries, entryOf(e))
	}
	return out, nil
}

func entryOf(e rollout.Entry) AuditEntry {
	d := AuditEntry{Serial: e.Serial, At: e.At, By: e.By, Rollout: e.ID, Changes: []AuditChange{}}
	if e.Command != nil {
		d.Command, d.Reason = wordsOf(*e.Command), e.Command.Reason
	}
	for _, c := range e.Changes {
		d.Changes = append(d.Changes, AuditChange{string(c.Kind), c.From, c.To, string(c.Reason), c.Message})
	}
	return d
}

// wordsOf is a command as a person writes it.
func wordsOf(c rollout.Command) string {
	words := string(c.Verb)
	switch {
	case c.Full:
		words += " --full"
	case c.Back:
		words += " --back"
	case c.Verb == rollout.ToStep:
		words += fmt.Sprintf(" --to %d", c.Step)
	case c.Revision > 0:
		words += fmt.Sprintf(" --to-revision %d", c.Revision)
	case c.Verb == rollout.SetWeight:
		words += " " + c.Weight.String()
	case c.Here:
		words += " --here"
	}
	return words
}

func problemsOf(list []route.Problem) (problems []Problem) {
	for _, p := range list {
		problems = append(problems, Problem(p))
	}
	return problems
}
