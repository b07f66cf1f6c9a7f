package policy

// Strategy is how versions share traffic.
type Strategy string

const (
	Canary    Strategy = "canary"    // in steps
	BlueGreen Strategy = "bluegreen" // a preview, then all at once
	Observe   Strategy = "observe"   // by replicas, only shown
	None      Strategy = "none"      // weir does not look
)

// OnFail is what a failed analysis leads to.
type OnFail string

const (
	Abort    OnFail = "abort"     // all traffic back to stable
	Freeze   OnFail = "freeze"    // keep the weight until a person decides
	StepBack OnFail = "step_back" // go back to the weight before, then freeze
)

// By is what a client is known by: cookie, client_ip, conn, or header:NAME.
type By string

const (
	ByCookie   By = "cookie"
	ByClientIP By = "client_ip"
	ByConn     By = "conn" // each connection for itself
)

// Mode is whether clients that are there already move.
type Mode string

const (
	Cohorts     Mode = "cohort"
	NewSessions Mode = "new_sessions"
)

// Salt is what the cohort depends on.
type Salt string

const (
	SaltRollout Salt = "rollout" // other clients first in each rollout
	SaltRoute   Salt = "route"   // the same clients first in each
)

// Unit is what is counted once.
type Unit string

const (
	AutoUnit Unit = "auto"
	Requests Unit = "request"
	Clients  Unit = "client"
)

// SLOAction is what happens while both versions are bad.
type SLOAction string

const (
	SLOPause SLOAction = "pause"
	SLOAbort SLOAction = "abort"
)

// Ack is how many proxies must have applied a generation.
type Ack string

const (
	AckAll    Ack = "all"
	AckQuorum Ack = "quorum" // more than half
)

// LostAction is what follows when the candidate stays away.
type LostAction string

const (
	LostAbort LostAction = "abort"
	LostPause LostAction = "pause"
)

// StableLost is what happens when no stable instance is up.
type StableLost string

const (
	FailOpen   StableLost = "fail_open"   // the candidate serves, because nothing else can
	FailClosed StableLost = "fail_closed" // nobody serves
)

// OnNew is what happens to a version that appears during a rollout.
type OnNew string

const (
	Supersede OnNew = "supersede" // it takes the candidate's place
	Queue     OnNew = "queue"     // it waits for the end of the rollout
)

// Nomad is what weir may do in Nomad.
type Nomad string

const (
	NomadOff     Nomad = "off"     // it does not look
	NomadObserve Nomad = "observe" // it looks and does nothing
	NomadAsk     Nomad = "ask"     // it prints the command and waits
	NomadAuto    Nomad = "auto"    // it promotes and fails deployments
)

// UntilWhat is what an analysis waits for.
type UntilWhat string

const (
	UntilPass UntilWhat = "pass"
	UntilTime UntilWhat = "time"
)

// OnInconclusive is what follows when the time is over without a verdict.
type OnInconclusive string

const (
	HoldOn    OnInconclusive = "hold"    // wait for a person, or for the verdict
	PromoteOn OnInconclusive = "promote" // go on to the next step
	AbortOn   OnInconclusive = "abort"
)

// Answer is what a gate says.
type Answer string

const (
	Yes  Answer = "pass"
	No   Answer = "fail"
	Wait Answer = "hold" // a person decides
)
