package rollout

import (
	"time"

	"weir/rollout/detect"
	"weir/rollout/policy"
	"weir/rollout/verdict"
	"weir/route"
)

// Input is what Next goes by: a command, or what the leader sees, or both. What
// is nil is not known, and what is not known never advances a rollout.
type Input struct {
	At time.Time // by the caller's clock: written down, never compared
	By string    // the proxy that asks
	// Leader says that the caller holds the lock. Without it only the command
	// counts, and nothing but a command raises a weight.
	Leader bool
	// Elapsed is the time since the leader's last input, by its monotonic
	// clock. The first input of a leader has 0.
	Elapsed time.Duration
	// StoreAway says that the store cannot be reached: nothing moves but an
	// abort.
	StoreAway bool

	Command *Command
	Policy  *policy.Policy // that is in force now; nil for none. It counts from the next rollout on
	Fresh   string         // an ID that nobody has used, for a rollout that begins now

	Seen       detect.Seen // what runs
	Proxies    []Proxy     // that are alive, the caller among them
	Verdict    *Judged     // of the rollout with State.ID
	Deployment *Deployment // of the candidate's job version
	Latest     *Deployment // of the greatest version of the candidate's job, or without a candidate of stable's
	// Groups is which rollouts of other scopes have the groups of policies; nil is
	// not known.
	Groups map[string]Holder
	Gates  map[string]Said // answers of gates, by name
}

// Proxy is one proxy of the fleet and the generation that it has applied; 0
// when it does not answer.
type Proxy struct {
	Name       string
	Generation uint64
}

// Judged is a verdict and what it is about.
type Judged struct {
	verdict.Decision
	Rollout string // State.ID
	Since   uint64 // the generation with which the evidence's last step began
}

// Said is the answer of a gate.
type Said struct {
	Answer  policy.Answer // pass or fail
	Message string
}

// Deployment is what Nomad says about the deployment of a job version, for the
// task group of the service.
type Deployment struct {
	detect.Nomad
	Status          string // Nomad's: running, paused, successful, failed, cancelled, …
	Description     string
	Promoted        bool
	CanariesWanted  int
	CanariesHealthy int         // by the allocations' own health
	Updates         *detect.Job // what the job version says of updates; nil: not known
	AutoRevert      bool
	Problem         string // what Nomad answered to the last call, if that failed
}

// Verb is what a person can ask for.
type Verb string

// The verbs.
const (
	Promote   Verb = "promote"    // go on to the next step; with Full to the end
	Pause     Verb = "pause"      // hold the weight; the analysis goes on
	Resume    Verb = "resume"     // end a pause
	Abort     Verb = "abort"      // all traffic back to stable, at once
	Retry     Verb = "retry"      // begin again after an abort
	Undo      Verb = "undo"       // back to the stable version of an earlier revision
	ToStep    Verb = "step"       // go to a step
	SetWeight Verb = "set-weight" // set the weight by hand, for a time
	Release   Verb = "release"    // let go of it
)

// Command is a verb, who gave it, and why.
type Command struct {
	Verb    Verb
	By      string
	Reason  string
	Request string `json:",omitempty"` // ID of the request that it came by

	Full     bool          // of promote
	Step     int           // of step, from 1; 0 with Back
	Back     bool          // of step: to the one before
	Revision uint64        // of undo; 0 is the one before
	Weight   route.Weight  // of set-weight
	For      time.Duration // of set-weight; 0 is an hour
	Here     bool          // of release: at the last step whose weight is not above; else begin the step again
}
