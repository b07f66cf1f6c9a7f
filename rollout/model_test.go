package rollout_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"weir/rollout"
	"weir/rollout/detect"
	"weir/rollout/policy"
	"weir/rollout/verdict"
	"weir/route"
)

// policies are what the model is checked with.
func policies(t testing.TB) (all []policy.Policy) {
	for _, text := range []string{
		"service: web",
		"service: web\nstrategy: bluegreen\nnomad: auto\non_fail: freeze\ngroup: g",
		"service: web\nstrategy: observe",
		"service: web\non_fail: step_back\noverride_abort: true\non_new_version: queue\nguards: {ack: quorum, canary_lost: {action: pause}}\n" +
			"steps: [{mirror: {percent: 1}}, {set_weight: 1%}, {gate: {name: g, webhook: 'http://ci/'}}, {set_weight: 30%}, {pause: {duration: 1m}}, {set_weight: 60%}, {analysis: {until: time, max: 1m}}, {promote: {nomad: ask}}]",
		"service: web\nnomad: 'off'\nanalysis: {slo: {action: abort}}\nsteps: [{set_weight: 50%}, {analysis: {max: 1m, on_inconclusive: abort}}, {set_weight: 100%}, {bake: {duration: 1m, on_inconclusive: promote}}, {promote: {}}]",
	} {
		p, err := policy.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

// drawCalm makes an input of a good day, so that rollouts come to their later
// stages: everything is up and acknowledged.
func drawCalm(t *rapid.T, s *rollout.State, all []policy.Policy, n int) rollout.Input {
	in := rollout.Input{By: "edge", At: time.Unix(int64(n), 0).UTC(), Fresh: fmt.Sprint("id-", n), Leader: true, Policy: &all[n/40%len(all)]}
	in.Elapsed = rapid.SampledFrom([]time.Duration{30e9, 30e9, 1e9}).Draw(t, "elapsed")
	in.Proxies = []rollout.Proxy{{Name: "edge", Generation: s.Generation}}
	in.Verdict = &rollout.Judged{Decision: verdict.Decision{Outcome: rapid.SampledFrom([]verdict.Outcome{verdict.Pass, verdict.Inconclusive}).Draw(t, "outcome")},
		Rollout: s.ID, Since: s.Since}
	in.Gates = map[string]rollout.Said{"g": {Answer: policy.Yes}}
	in.Groups = drawGroups(t)
	if in.Seen = friendly(s); s.Candidate.Key == "" || rapid.IntRange(0, 20).Draw(t, "newer") == 0 {
		if key := fmt.Sprint("w", n/50); in.Seen.Find(key).All == 0 {
			in.Seen = append(in.Seen, detect.Group{Key: key, Up: 3, All: 3, OnRoute: 3})
		}
	}
	if rapid.IntRange(0, 6).Draw(t, "command") == 0 {
		in.Command = drawCommand(t)
	}
	return in
}

// drawInput makes any input: a leader's view, in whole or in parts, or a
// command, or both.
func drawInput(t *rapid.T, s *rollout.State, all []policy.Policy, n int) rollout.Input {
	in := rollout.Input{By: "edge", At: time.Unix(int64(n), 0).UTC(), Fresh: fmt.Sprint("id-", n), Leader: rapid.IntRange(0, 3).Draw(t, "leader") > 0}
	in.Elapsed = time.Duration(rapid.SampledFrom([]int{0, 1, 7, 30, 600, -5}).Draw(t, "elapsed")) * time.Second
	in.StoreAway = rapid.IntRange(0, 15).Draw(t, "away") == 0
	if rapid.IntRange(0, 20).Draw(t, "policy") > 0 {
		in.Policy = &all[n/40%len(all)]
	}
	in.Seen = drawSeen(t)
	in.Groups = drawGroups(t)
	for i := range rapid.IntRange(0, 3).Draw(t, "proxies") {
		behind := uint64(rapid.SampledFrom([]int{0, 0, 0, 1}).Draw(t, "behind"))
		in.Proxies = append(in.Proxies, rollout.Proxy{Name: fmt.Sprint("edge-", i), Generation: s.Generation - min(behind, s.Generation)})
	}
	if o := rapid.SampledFrom([]verdict.Outcome{"", verdict.Pass, verdict.Pass, verdict.Inconclusive, verdict.Inconclusive, verdict.Pause, verdict.Fail}).Draw(t, "outcome"); o != "" {
		in.Verdict = &rollout.Judged{Decision: verdict.Decision{Outcome: o}, Rollout: s.ID, Since: s.Since - min(s.Since, uint64(rapid.IntRange(0, 1).Draw(t, "stale")))}
	}
	if rapid.IntRange(0, 4).Draw(t, "nomad") == 0 {
		d := &rollout.Deployment{Status: rapid.SampledFrom([]string{"running", "running", "successful", "failed", "cancelled", "paused"}).Draw(t, "status"),
			Promoted: rapid.Bool().Draw(t, "promoted"), CanariesWanted: 1, CanariesHealthy: rapid.IntRange(0, 1).Draw(t, "healthy")}
		d.JobVersion = uint64(rapid.IntRange(1, 4).Draw(t, "job version"))
		in.Deployment = d
	}
	if rapid.Bool().Draw(t, "gate") {
		in.Gates = map[string]rollout.Said{"g": {Answer: rapid.SampledFrom([]policy.Answer{policy.Yes, policy.No}).Draw(t, "answer")}}
	}
	if rapid.IntRange(0, 5).Draw(t, "command") == 0 {
		in.Command = drawCommand(t)
	}
	return in
}

// drawGroups says who has the group; nil is not known.
func drawGroups(t *rapid.T) map[string]rollout.Holder {
	switch rapid.IntRange(0, 5).Draw(t, "group") {
	case 0:
		return nil
	case 1:
		return map[string]rollout.Holder{"g": {Scope: route.Scope{Kind: "service", Name: "db"}}}
	}
	return map[string]rollout.Holder{}
}

func drawCommand(t *rapid.T) *rollout.Command {
	verbs := []rollout.Verb{rollout.Promote, rollout.Pause, rollout.Resume, rollout.Abort, rollout.Retry, rollout.Undo, rollout.ToStep, rollout.SetWeight, rollout.Release, "dance"}
	return &rollout.Command{Verb: rapid.SampledFrom(verbs).Draw(t, "verb"), By: "alice",
		Full: rapid.Bool().Draw(t, "full"), Step: rapid.IntRange(-1, 9).Draw(t, "step"), Back: rapid.Bool().Draw(t, "back"),
		Revision: uint64(rapid.IntRange(0, 5).Draw(t, "revision")), Weight: route.Weight(rapid.IntRange(-1, 10001).Draw(t, "weight")),
		For: time.Duration(rapid.IntRange(-1, 100).Draw(t, "for")) * time.Second, Here: rapid.Bool().Draw(t, "here")}
}

// drawSeen makes up to three versions; nil is not known.
func drawSeen(t *rapid.T) detect.Seen {
	if rapid.IntRange(0, 9).Draw(t, "unknown") == 0 {
		return nil
	}
	seen := detect.Seen{}
	for i, key := range []string{"", "v1", "v2", "v3"} {
		all := rapid.SampledFrom([]int{0, 1, 3, 3}).Draw(t, "all")
		if all == 0 || key == "" && all != 1 {
			continue
		}
		g := detect.Group{Key: key, All: all, Up: rapid.SampledFrom([]int{0, all, all, all}).Draw(t, "up"), OnRoute: all}
		if rapid.IntRange(0, 7).Draw(t, "isolated") == 0 {
			g.OnRoute = 0
		}
		g.Marked = rapid.SampledFrom([]int{0, 0, 0, all}).Draw(t, "marked")
		g.Instances = []string{"n/" + rapid.SampledFrom([]string{key, key, "v1"}).Draw(t, "ref")}
		g.Remember = []string{detect.Digest(g.Instances[0])}
		if rapid.Bool().Draw(t, "job") {
			g.Nomad = &detect.Nomad{Job: "web", JobVersion: uint64(i + rapid.IntRange(0, 1).Draw(t, "update"))}
		}
		seen = append(seen, g)
	}
	return seen
}

// TestModel lets anything happen in any order: ticks, conflicts where a write
// is lost, changes of the leader, instances that flap, promotions by others,
// and people. Every invariant must hold all the time.
func TestModel(t *testing.T) {
	all := policies(t)
	rapid.Check(t, func(t *rapid.T) {
		s := rollout.New(route.Scope{Kind: "service", Name: "web"})
		stored, entries := s, []rollout.Entry(nil)
		for n := range rapid.IntRange(1, 120).Draw(t, "n") {
			if rapid.IntRange(0, 9).Draw(t, "new leader") == 0 {
				s = reread(t, stored) // what moved since the last write is lost
			}
			draw := drawInput
			if rapid.IntRange(0, 9).Draw(t, "calm") > 1 {
				draw = drawCalm
			}
			in := draw(t, &s, all, n)
			next, actions := step(t, s, in)
			if rapid.IntRange(0, 9).Draw(t, "conflict") == 0 {
				continue // somebody else wrote first, and it begins anew
			}
			s = next
			for _, a := range actions {
				if e, ok := a.(rollout.Entry); ok {
					entries, stored = append(entries, e), s
				}
			}
		}
		checkReplay(t, stored, entries)
		checkReachesAnEnd(t, s, all)
	})
}

// reread is a state as another leader finds it.
func reread(t *rapid.T, s rollout.State) (again rollout.State) {
	text, err := json.Marshal(s)
	if err == nil {
		err = json.Unmarshal(text, &again)
	}
	if err != nil {
		t.Fatal(err)
	}
	if third, _ := json.Marshal(again); string(third) != string(text) {
		t.Fatalf("%s\nis read as\n%s", text, third)
	}
	return again
}

// step calls Next and checks all that must hold.
func step(t *rapid.T, s rollout.State, in rollout.Input) (rollout.State, []rollout.Action) {
	before, _ := json.Marshal(s)
	next, actions := rollout.Next(s, in)
	if after, _ := json.Marshal(s); string(after) != string(before) {
		t.Fatalf("Next changed its argument from\n%s\nto\n%s", before, after)
	}
	if again, _ := rollout.Next(s, in); !reflect.DeepEqual(again, next) {
		t.Fatalf("Next is not certain: %+v and %+v", again, next)
	}
	for _, wrong := range slices.Concat(wrongAlways(&next), wrongMove(&s, &next, &in), wrongActions(&s, &next, actions), wrongAbort(next, in)) {
		t.Errorf("%s\nbefore %s\nafter  %s\ninput %+v", wrong, before, statusText(&next), in)
	}
	return next, actions
}
