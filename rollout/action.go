package rollout

import (
	"encoding/json"
	"time"

	"weir/rollout/detect"
	"weir/rollout/policy"
	"weir/route"
)

// Action is something that follows from a transition: an Entry, a Record,
// AskGate, PromoteDeployment, FailDeployment, RevertJob, or Refused. But for
// the first two, which belong to the write of the state, all may be done more
// than once.
type Action interface{ action() }

// Entry is one write of the state in the audit: who did what, when, and what is
// different. Where a state comes without an entry only State.Live has moved.
type Entry struct {
	Scope   route.Scope `json:"scope"`
	ID      string      `json:"id,omitempty"` // of the rollout
	Serial  uint64      `json:"serial"`       // of the entries of a scope, without gaps
	At      time.Time   `json:"at"`
	By      string      `json:"by"`
	Command *Command    `json:"command,omitempty"` // nil when the rollout moved by itself
	Changes []Change    `json:"changes"`
	// Patch has the parts of the state that differ, as they are now; null for
	// one that is gone. Replay puts them together.
	Patch map[string]json.RawMessage `json:"patch"`
}

// Kind is what a change is about.
type Kind string

// Kinds of changes.
const (
	KindStage    Kind = "stage"
	KindStep     Kind = "step"
	KindWeight   Kind = "weight"
	KindHold     Kind = "hold" // From is empty when it begins, To when it ends
	KindOverride Kind = "override"
	KindStable   Kind = "stable"
	KindNote     Kind = "note" // what will not go as one may think; To is its code
	KindSeen     Kind = "seen" // instances, versions, policy: nothing that routes
)

// Change is one thing that is different, for people.
type Change struct {
	Kind    Kind   `json:"kind"`
	From    string `json:"from,omitempty"`
	To      string `json:"to,omitempty"`
	Reason  Reason `json:"reason,omitempty"`
	Message string `json:"message,omitempty"`
}

// AskGate says that the answer of a gate is wanted.
type AskGate struct {
	Step int
	Gate policy.Gate
}

// PromoteDeployment says that Nomad is to promote the task group.
type PromoteDeployment struct{ detect.Nomad }

// FailDeployment says that Nomad is to fail the deployment.
type FailDeployment struct{ detect.Nomad }

// RevertJob says that Nomad is to go back to the job version of stable, if the
// job is still at the candidate's.
type RevertJob struct{ Stable, Candidate detect.Nomad }

// Refused says why a command has no effect.
type Refused struct{ Why string }

func (Entry) action()             {}
func (Record) action()            {}
func (AskGate) action()           {}
func (PromoteDeployment) action() {}
func (FailDeployment) action()    {}
func (RevertJob) action()         {}
func (Refused) action()           {}

// Error is Why.
func (r Refused) Error() string { return r.Why }
