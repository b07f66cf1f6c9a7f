package policy

import (
	"time"

	"weir/rollout/verdict"
	"weir/route"
)

// Default is the policy of a text that names only the strategy.
func Default(s Strategy) Policy {
	rules := verdict.DefaultRules()
	return Policy{
		Strategy: s,
		Steps:    defaultSteps(s),
		OnFail:   Abort,
		Cohort:   Cohort{By: ByCookie, Cookie: "weir_cohort", Mode: Cohorts, Salt: SaltRollout},
		Analysis: Analysis{
			BadEvents: rules.Events, Unit: AutoUnit,
			Alpha: rules.Alpha, Beta: rules.Beta, Tolerance: rules.Tolerance, Margin: Percent(rules.Margin),
			Warmup: seconds(30), SLO: SLO{BadRateMax: Percent(rules.BadRateMax), Action: SLOPause},
		},
		Guards: Guards{
			Ratio: 2, Ack: AckAll, AckTimeout: seconds(15),
			CandidateLost: CandidateLost{Grace: seconds(20), Action: LostAbort}, StableLost: FailOpen,
		},
		Detect:          Detection{Stabilise: seconds(10), MinInstances: 1},
		Nomad:           NomadObserve,
		Drain:           Drains{Promote: Drain{minutes(15), 50}, Abort: Drain{seconds(5), 500}},
		Deadlines:       Deadlines{Progress: minutes(10), Total: minutes(6 * 60)},
		OnNewVersion:    Supersede,
		RevisionHistory: 20,
		RollbackWindow:  Window{Revisions: 3},
	}
}

// defaultSteps are those of a policy that names none.
func defaultSteps(s Strategy) []Step {
	bake := Step{Bake: &Bake{minutes(15), HoldOn}}
	switch s {
	case Canary:
		return []Step{
			weight(500), {Analysis: untilPass()},
			weight(1000), {Analysis: untilPass()},
			weight(5000), {Pause: &Pause{minutes(5)}},
			weight(route.Full), bake, {Promote: &Promote{}},
		}
	case BlueGreen:
		return []Step{{Preview: &Preview{}}, {Pause: &Pause{}}, weight(route.Full), bake, {Promote: &Promote{}}}
	}
	return nil
}

func weight(w route.Weight) Step { return Step{SetWeight: &w} }

func untilPass() *Until { return &Until{UntilPass, minutes(30), HoldOn} }

func seconds(n int) Duration { return Duration(time.Duration(n) * time.Second) }
func minutes(n int) Duration { return Duration(time.Duration(n) * time.Minute) }

// The defaults of parts that a text begins.

func (u *Until) setDefaults()  { *u = *untilPass() }
func (m *Mirror) setDefaults() { m.Methods = []string{"GET", "HEAD"} }
func (b *Bake) setDefaults()   { b.OnInconclusive = HoldOn }
func (g *Gate) setDefaults()   { g.Timeout, g.OnTimeout = seconds(30), Wait }
