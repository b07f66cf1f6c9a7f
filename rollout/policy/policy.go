// Package policy says how a rollout is to go: which versions it is about, in
// what steps traffic moves, what a candidate is judged by, and what to do when
// something goes wrong. One schema holds for YAML, JSON and HCL; docs/policy.schema.json
// publishes it.
//
// Everything here is a pure value: no clock, no dice, no log, no I/O.
package policy

import (
	"weir/rollout/event"
	"weir/route"
)

// Policy is one policy, complete: Parse fills in what a text leaves out.
type Policy struct {
	Route   string `json:"route,omitempty" help:"the route it is for, such as app.example.com/"`
	Service string `json:"service,omitempty" help:"the service it is for: all its routes move together"`

	Strategy Strategy `json:"strategy" help:"how the versions share traffic"`
	Steps    []Step   `json:"steps,omitempty" block:"step" help:"what happens, in order; without steps those of the strategy"`
	OnFail   OnFail   `json:"on_fail" help:"what to do when the candidate fails the analysis"`

	Cohort     Cohort  `json:"cohort" help:"who gets the candidate"`
	CanaryHost string  `json:"canary_host,omitempty" help:"isolated hostname of the candidate; {host} stands for the route's host"`
	Match      []Match `json:"match,omitempty" help:"requests that get one variant whatever the weight is; they are not counted"`

	Analysis  Analysis  `json:"analysis" help:"what the candidate is judged by"`
	Guards    Guards    `json:"guards" help:"what must hold before and while traffic moves"`
	Detect    Detection `json:"detect" help:"when a new version is taken up"`
	Nomad     Nomad     `json:"nomad" help:"what weir may do in Nomad"`
	Drain     Drains    `json:"drain" help:"how connections leave a version that gets no new ones"`
	Deadlines Deadlines `json:"deadlines" help:"how long a rollout may take"`

	// OverrideAbort lets a failed analysis end a weight that a person has set.
	OverrideAbort   bool   `json:"override_abort,omitempty" help:"abort on a failed analysis even while a person has set the weight"`
	Group           string `json:"group,omitempty" help:"rollouts of policies with the same group run one after another"`
	OnNewVersion    OnNew  `json:"on_new_version" help:"what a version does that appears during a rollout"`
	RevisionHistory int    `json:"revision_history" help:"how many finished rollouts are kept" min:"1" max:"1000"`
	RollbackWindow  Window `json:"rollback_window" help:"versions that may come back without steps"`
}

// Scope is what the policy is about; the zero value where it names neither,
// because services refer to it by its name.
func (p *Policy) Scope() route.Scope {
	switch {
	case p.Route != "":
		tag, _ := route.ParseTag("", "", p.Route) // Parse has checked it
		return route.Scope{Kind: "route", Name: tag.Source}
	case p.Service != "":
		return route.Scope{Kind: "service", Name: p.Service}
	}
	return route.Scope{}
}

// Controls reports whether weir sets weights. If not, versions share by tags.
func (p *Policy) Controls() bool { return p.Strategy == Canary || p.Strategy == BlueGreen }

// Cohort says who gets the candidate.
type Cohort struct {
	By      By     `json:"by" help:"what a client is known by"`
	Cookie  string `json:"cookie" help:"name of the cookie that weir sets, with by: cookie"`
	Mode    Mode   `json:"mode" help:"cohort moves clients once; new_sessions leaves those with a session of the application on stable"`
	Session string `json:"session_cookie,omitempty" help:"name of the application's session cookie, with mode: new_sessions"`
	Salt    Salt   `json:"salt" help:"whether each rollout begins with other clients"`
}

// Match sends the requests that have a header or a cookie to one variant.
type Match struct {
	Header string `json:"header,omitempty" help:"name of a header field"`
	Cookie string `json:"cookie,omitempty" help:"name of a cookie"`
	Exact  string `json:"exact,omitempty" help:"the value it must have; without it any"`
	To     string `json:"to" help:"the variant: canary or stable"`
}

// Analysis is what the verdict of every step goes by.
type Analysis struct {
	BadEvents []event.Event `json:"bad_events" help:"what counts as bad"`
	Unit      Unit          `json:"unit" help:"what counts once; auto is the client where clients stay with their version"`
	Alpha     float64       `json:"alpha" help:"probability that a good candidate fails, in a whole rollout" min:"1e-9" max:"0.5"`
	Beta      float64       `json:"beta" help:"probability that a bad candidate passes a step" min:"1e-9" max:"0.5"`
	Tolerance float64       `json:"tolerance" help:"by what part the candidate's risk may exceed stable's" min:"0" max:"10"`
	Margin    Percent       `json:"margin" help:"by how much the rate of a candidate that passes may exceed stable's"`
	Warmup    Duration      `json:"warmup" help:"how long an instance is not counted after it came"`
	SLO       SLO           `json:"slo" help:"guard for faults that both versions share"`
}

// SLO bounds the rate of failures of both versions together.
type SLO struct {
	BadRateMax Percent   `json:"bad_rate_max" help:"rate of failures, of both versions, above which the action is taken"`
	Action     SLOAction `json:"action" help:"what to do then"`
}

// Guards are conditions on instances and proxies.
type Guards struct {
	// Ratio times the candidate's part of all instances is the most that the
	// candidate gets.
	Ratio         float64       `json:"max_weight_per_instance_ratio" help:"how many times its part of the instances the candidate's weight may be" min:"0.01" max:"1000"`
	Ack           Ack           `json:"ack" help:"how many proxies must have a weight before its time runs"`
	AckTimeout    Duration      `json:"ack_timeout" help:"how long proxies may take before the rollout shows who is missing"`
	CandidateLost CandidateLost `json:"canary_lost" help:"when the candidate has no instance that is up"`
	StableLost    StableLost    `json:"stable_lost" help:"when stable has no instance that is up"`
}

// CandidateLost says what happens when the candidate's instances vanish.
type CandidateLost struct {
	Grace  Duration   `json:"grace" help:"how long they may stay away"`
	Action LostAction `json:"action" help:"what to do then"`
}

// Detection says when a version is new.
type Detection struct {
	Stabilise    Duration `json:"stabilise" help:"how long it must be seen, and its instances pass"`
	MinInstances int      `json:"min_instances" help:"how many must pass" min:"1" max:"1000"`
}

// Drains are how connections of the version that lost its traffic end.
type Drains struct {
	Promote Drain `json:"promote" help:"of the old version, after a promotion"`
	Abort   Drain `json:"abort" help:"of the candidate, after an abort"`
}

// Drain ends connections over time.
type Drain struct {
	Max  Duration `json:"max" help:"when the last of what is open is ended"`
	Rate Rate     `json:"rate" help:"how many are ended in a second; more where max needs it"`
}

// Deadlines bound a rollout. Time that people take does not count.
type Deadlines struct {
	Progress Duration `json:"progress" help:"how long instances may take to pass, or Nomad to finish"`
	Total    Duration `json:"total" help:"how long the whole rollout may take"`
}

// Window is a number of revisions.
type Window struct {
	Revisions int `json:"revisions" help:"how many completed revisions back; 0 is none" min:"0" max:"1000"`
}
