package admin

import (
	"testing"
	"time"

	"weir/rollout"
	"weir/rollout/detect"
	"weir/rollout/policy"
)

// TestThenTellsWhatHappens: what a rollout does when nobody gives a command.
func TestThenTellsWhatHappens(t *testing.T) {
	p, err := policy.Parse([]byte(`{service: web, steps: [set_weight: 1%, pause: {duration: 5m}, analysis: {},
		analysis: {until: time, max: 1h}, gate: {name: load, webhook: "http://w/"}, set_weight: 100%, bake: {duration: 15m}, promote: {}]}`))
	if err != nil {
		t.Fatal(err)
	}
	in := func(step int) rollout.State {
		s := rollout.State{Stage: rollout.Progressing, Policy: p, Step: step, Stable: rollout.Version{Key: "v1"}, Candidate: rollout.Version{Key: "v2"}}
		s.Live.Clock.Step = time.Minute
		return s
	}
	at := func(stage rollout.Phase) rollout.State {
		s := in(0)
		s.Stage = stage
		return s
	}
	held := func(c rollout.Cause, message string) rollout.State {
		s := in(2)
		s.Holds = []rollout.Hold{{Cause: rollout.ByTime, Message: "wait 5m"}, {Cause: c, Message: message}}
		return s
	}
	emerging, override := at(rollout.Healthy), in(0)
	emerging.Live.Emerging = detect.Emerging{Key: "v3"}
	override.Override = &rollout.Override{Weight: 100, For: time.Hour}
	for want, s := range map[string]rollout.State{
		"nothing: no policy is in force":                                                         rollout.New(emerging.Scope),
		"a new version starts a rollout":                                                         at(rollout.Healthy),
		"the rollout of v3 begins when it has been there for 10s":                                emerging,
		"v2 becomes stable when the promotion is done":                                           at(rollout.Promoting),
		"the rollout ends when all proxies have weight 0":                                        at(rollout.Aborting),
		"the next step begins when all proxies have the weight":                                  in(0),
		"the next step begins in 4m":                                                             in(1),
		"the next step begins at PASS; without one in 29m: hold":                                 in(2),
		"the next step begins in 59m unless the candidate fails":                                 in(3),
		"the next step begins when the gate load says yes":                                       in(4),
		"the next step begins at PASS in 14m or later; without one then: hold":                   in(6),
		"it waits until somebody promotes":                                                       held(rollout.ByStep, "wait"),
		"it waits until somebody resumes: paused by bob":                                         held(rollout.ByUser, "paused by bob"),
		"it waits because of this: both versions are bad":                                        held(rollout.BySLO, "both versions are bad"),
		"the weight of somebody holds for another 1h; then the rollout waits":                    override,
		"v2 stays without traffic; its rollout is over when its instances are gone":              at(rollout.Aborted),
		"the steps begin when 1 of its instances have passed for 10s and all proxies know of it": at(rollout.Preview),
	} {
		if got := then(&s); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
