package rollout

import (
	"time"

	"weir/rollout/detect"
	"weir/rollout/policy"
	"weir/rollout/verdict"
	"weir/route"
)

// Schema is the version of the JSON form of State.
const Schema = 1

// State is all that is known of the rollouts of one service or route: one
// document in the store. As JSON it can be put away and continued by another
// leader. Next copies what it changes: states share memory and are not written.
type State struct {
	Schema int         `json:"schema"`
	Serial uint64      `json:"serial"` // of the last audit entry
	Scope  route.Scope `json:"scope"`
	// Generation grows with every change that alters routing; proxies
	// acknowledge it.
	Generation uint64 `json:"generation"`
	// Revision numbers the rollouts of the scope from 1; it is never used again.
	Revision uint64 `json:"revision"`
	ID       string `json:"id,omitempty"` // of the rollout; unique in the fleet for ever

	Phase   Phase  `json:"phase"` // what people see: Stage, or what lies over it
	Stage   Phase  `json:"stage"`
	Reason  Reason `json:"reason,omitempty"` // of the last change of Stage
	Message string `json:"message,omitempty"`

	Stable    Version `json:"stable,omitzero"`    // of the last completed rollout
	Candidate Version `json:"candidate,omitzero"` // Key is empty without a rollout
	Past      []Past  `json:"past,omitempty"`     // versions that were one of the two, oldest first

	Policy policy.Policy `json:"policy,omitzero"` // as it was when the rollout began
	Step   int           `json:"step"`            // index into Policy.Steps
	// Since is the generation with which the current weight step began; the
	// verdict's evidence begins a step with it.
	Since  uint64        `json:"since,omitempty"`
	Weight route.Weight  `json:"weight"`           // what proxies draw the candidate with
	Asked  route.Weight  `json:"asked"`            // what the step, or a person, wants
	Capped bool          `json:"capped,omitempty"` // Weight is below Asked because the candidate has few instances
	Mirror policy.Mirror `json:"mirror,omitzero"`
	Fast   bool          `json:"fast,omitempty"`   // a version that was stable before: no steps
	Marked bool          `json:"marked,omitempty"` // the candidate's instances were registered as canaries
	Forced bool          `json:"forced,omitempty"` // a person promoted to the end: the verdict counts no more

	// Updates is what the candidate's job version says of them; nil: not known.
	Updates *detect.Job `json:"updates,omitempty"`

	Actor    string    `json:"actor,omitempty"` // who acted on the rollout last; empty for nobody
	Override *Override `json:"override,omitempty"`
	Holds    []Hold    `json:"holds,omitempty"`
	Last     *Record   `json:"last,omitempty"` // the rollout before

	Live Live `json:"live"`

	UpdatedBy string    `json:"updated_by,omitempty"`
	UpdatedAt time.Time `json:"updated_at,omitzero"` // shown, never compared
}

// Live is what moves without a transition. It need not be written at once: a
// leader that takes over lacks a few seconds of it and nothing else.
type Live struct {
	Clock    Clock                    `json:"clock"`
	Verdict  Verdict                  `json:"verdict,omitzero"`
	Acks     map[string]uint64        `json:"acks,omitempty"` // generation of each proxy
	Emerging detect.Emerging          `json:"emerging,omitzero"`
	Seen     detect.Seen              `json:"seen,omitempty"` // without the instances
	Away     map[string]time.Duration `json:"away,omitempty"` // how long past versions had no instance
}

// Clock is how long things have lasted, by the clocks of the leaders.
type Clock struct {
	Total    time.Duration `json:"total_ns,omitempty"`    // of the rollout, without the time that people took
	Stage    time.Duration `json:"stage_ns,omitempty"`    // of the stage, while nothing held it
	Step     time.Duration `json:"step_ns,omitempty"`     // of the step, likewise, since all proxies have it
	Unacked  time.Duration `json:"unacked_ns,omitempty"`  // since a proxy lacks the generation
	Passing  time.Duration `json:"passing_ns,omitempty"`  // enough instances of the candidate passed
	Lost     time.Duration `json:"lost_ns,omitempty"`     // no instance of the candidate was up
	Gone     time.Duration `json:"gone_ns,omitempty"`     // stable had no instance left; in Aborted, the candidate
	Override time.Duration `json:"override_ns,omitempty"` // of the weight that a person set
	Retry    time.Duration `json:"retry_ns,omitempty"`    // since Nomad was asked last; 0 before
}

// Verdict is the last verdict that the leader gave.
type Verdict struct {
	Outcome verdict.Outcome `json:"outcome,omitempty"`
	Reason  verdict.Reason  `json:"reason,omitempty"`
	E       float64         `json:"e,omitempty"`
	Enough  float64         `json:"enough,omitempty"`
	Since   uint64          `json:"since,omitempty"` // as State.Since when it was given
}
