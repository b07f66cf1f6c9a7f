package rollout

// Phase is where a rollout is.
type Phase string

// Stages: a rollout is in one of them, State.Stage.
const (
	Healthy     Phase = "healthy"     // all traffic on stable, no rollout
	Preview     Phase = "preview"     // weight 0; isolated hostname and match rules reach the candidate
	Progressing Phase = "progressing" // the steps of the policy
	Baking      Phase = "baking"      // the candidate has its last weight, stable stands by
	Promoting   Phase = "promoting"   // the weight follows the instances until stable's are gone
	Completed   Phase = "completed"   // the candidate is the new stable
	Aborting    Phase = "aborting"    // weight 0; waiting until every proxy has it
	Aborted     Phase = "aborted"     // weight 0; the candidate's instances are still there
	Superseded  Phase = "superseded"  // weight 0; a newer version comes next
)

// Phases that lie over a stage and hold it up, the first that applies.
const (
	Frozen        Phase = "frozen"         // the store is away: nothing moves
	StableLost    Phase = "stable_lost"    // no stable instance is up
	CandidateLost Phase = "candidate_lost" // no instance of the candidate is up
	Overridden    Phase = "override"       // a person has set the weight
	Paused        Phase = "paused"         // Holds say why
)

// Cause is why a rollout is held.
type Cause string

const (
	ByUser         Cause = "user"         // somebody paused it
	ByStep         Cause = "step"         // a pause step, until somebody promotes
	ByTime         Cause = "time"         // a pause step, until its time is over
	ByInconclusive Cause = "inconclusive" // no verdict in time
	ByFail         Cause = "fail"         // the candidate failed, and the policy says to freeze
	BySLO          Cause = "slo"          // both versions are bad
	ByAcks         Cause = "acks"         // not all proxies have the generation
	ByGate         Cause = "gate"         // a gate has not said yes
	ByDeadline     Cause = "deadline"     // a time of the policy is over
	ByNomad        Cause = "nomad"        // Nomad has not promoted, or not given up what was aborted
	ByExpiry       Cause = "expired"      // the weight that a person had set ran out
	ByGroup        Cause = "group"        // another rollout of its group is under way
	ByIsolation    Cause = "isolated"     // the candidate is not on the route, only on its own hostname
	ByRevert       Cause = "revert"       // none is under way, and Nomad has not promoted a revert to stable
	ByCandidate    Cause = "candidate"    // no instance of the candidate is up
	ByStable       Cause = "stable"       // no stable instance is up
	ByRegistry     Cause = "registry"     // what runs is not known
	ByStore        Cause = "store"        // the store is away
)

// Reason is why a transition happened, in one word for programs.
type Reason string

const (
	Detected         Reason = "detected"
	Ready            Reason = "ready" // enough instances pass, every proxy knows
	StepDone         Reason = "step_done"
	Asked            Reason = "asked" // a person did it
	VerdictFail      Reason = "verdict_fail"
	VerdictPass      Reason = "verdict_pass"
	NoVerdict        Reason = "inconclusive"
	BothBad          Reason = "both_bad"
	GateSaidNo       Reason = "gate_no"
	ProgressDeadline Reason = "progress_deadline"
	TotalDeadline    Reason = "total_deadline"
	Gone             Reason = "gone"             // the candidate's instances left
	Critical         Reason = "critical"         // they are there and do not pass
	Newer            Reason = "newer"            // another version came
	ExternalPromote  Reason = "external_promote" // somebody promoted in Nomad
	ExternalFail     Reason = "external_fail"    // somebody failed the deployment
	NomadCancelled   Reason = "nomad_cancelled"  // a newer job version ended the deployment
	NomadFailed      Reason = "nomad_failed"     // Nomad itself failed the deployment
	Replaced         Reason = "replaced"         // no stable instance is left
	Expired          Reason = "expired"
	Acked            Reason = "acked"
	Known            Reason = "known" // the version was aborted before
	Undone           Reason = "undone"
	Renamed          Reason = "renamed" // the same instances tell another version
)
