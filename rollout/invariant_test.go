package rollout_test

import (
	"encoding/json"
	"fmt"
	"reflect"

	"pgregory.net/rapid"

	"weir/rollout"
	"weir/rollout/detect"
	"weir/rollout/policy"
	"weir/rollout/verdict"
	"weir/route"
)

// isMoving reports whether a rollout can still succeed.
func isMoving(s *rollout.State) bool {
	switch s.Stage {
	case rollout.Preview, rollout.Progressing, rollout.Baking, rollout.Promoting:
		return true
	}
	return false
}

// wrongAlways lists what no state may be.
func wrongAlways(s *rollout.State) (wrong []string) {
	must := func(ok bool, what string) {
		if !ok {
			wrong = append(wrong, what)
		}
	}
	must(s.Weight >= 0 && s.Weight <= route.Full, "the weight is no share")
	must(s.Candidate.Key == "" || s.Candidate.Key != s.Stable.Key, "stable is its own candidate")
	must(isMoving(s) || s.Weight == 0, "there is a weight without a rollout")
	must(s.Stage != rollout.Preview || s.Override != nil || s.Weight == 0, "a preview has a weight")
	must(!isMoving(s) || s.Candidate.Key != "" && s.ID != "" && s.Policy.Strategy != "", "a rollout has no candidate, ID or policy")
	must(s.Stage != rollout.Progressing && s.Stage != rollout.Baking || s.Step < len(s.Policy.Steps), "there is no such step")
	must(isMoving(s) || s.Override == nil, "a person's weight outlives the rollout")
	must(len(s.Past) <= 20 && len(s.Holds) <= 12, "a list grows without end")
	for _, p := range s.Past {
		must(p.Key != s.Candidate.Key && p.Key != s.Stable.Key && p.Key != "", "a version is past and present")
	}
	if in, ok := s.Intent(); ok {
		sum := route.Weight(0)
		for _, w := range in.Shares {
			sum += w
		}
		must(sum == route.Full, fmt.Sprintf("the shares make %s", sum))
	}
	return wrong
}

// wrongMove lists what may not happen from one state to the next.
func wrongMove(s, next *rollout.State, in *rollout.Input) (wrong []string) {
	must := func(ok bool, what string) {
		if !ok {
			wrong = append(wrong, what)
		}
	}
	must(next.Generation >= s.Generation && next.Generation <= s.Generation+1, "the generation jumps")
	must(reflect.DeepEqual(s.Routing(), next.Routing()) || next.Generation > s.Generation, "routing changed without a generation")
	must(next.Revision >= s.Revision, "a revision comes again")
	must(next.Revision > s.Revision || next.ID == s.ID, "a rollout changes its ID")
	must(in.Leader || in.Command != nil || reflect.DeepEqual(*s, *next), "something moved without a leader")
	must(next.Stage != rollout.Completed || s.Stage == rollout.Promoting || s.Stage == rollout.Completed, "completed without a promotion")
	must(s.Stable.Key == next.Stable.Key || s.Stable.Key == "" || next.Stage == rollout.Completed || next.Stable.Key == "" || in.Seen.Find(s.Stable.Key).All == 0,
		"stable changed without a rollout")
	if next.Policy.Group != "" && s.Stage == rollout.Preview && next.Stage == rollout.Progressing && in.Command == nil {
		_, taken := in.Groups[next.Policy.Group]
		must(in.Groups != nil && !taken, "a rollout began while another had its group")
	}
	if next.Weight > s.Weight {
		must(mayRaise(s, next, in), fmt.Sprintf("the weight rose from %s to %s", s.Weight, next.Weight))
	}
	if in.Seen == nil && in.Command == nil && isMoving(next) {
		must(next.Step == s.Step || next.Stage == rollout.Promoting || next.Policy.OnFail == policy.StepBack, "a step was left blindly")
	}
	return wrong
}

// mayRaise says when a weight may rise.
func mayRaise(s, next *rollout.State, in *rollout.Input) bool {
	if in.Command != nil && in.Command.Verb == rollout.SetWeight && next.Weight <= in.Command.Weight {
		return true
	}
	if !in.Leader || in.StoreAway || in.Seen == nil {
		return false
	}
	if !next.Policy.Controls() || next.Override != nil {
		return true
	}
	behind := 0
	for _, p := range in.Proxies {
		if p.Generation < s.Generation {
			behind++
		}
	}
	tolerated := 0
	if next.Policy.Guards.Ack == policy.AckQuorum {
		tolerated = (len(in.Proxies) - 1) / 2
	}
	failed := in.Verdict != nil && in.Verdict.Rollout == next.ID && (in.Verdict.Outcome == verdict.Fail || in.Verdict.Outcome == verdict.Pause)
	return len(in.Proxies) > 0 && behind <= tolerated && (!failed || next.Forced)
}

// wrongActions checks that each write has one entry.
func wrongActions(s, next *rollout.State, actions []rollout.Action) (wrong []string) {
	var entries []rollout.Entry
	for _, a := range actions {
		if e, ok := a.(rollout.Entry); ok {
			entries = append(entries, e)
		}
	}
	old, now := *s, *next
	old.Live, now.Live = rollout.Live{}, rollout.Live{}
	switch changed := !reflect.DeepEqual(old, now); {
	case !changed && len(entries) > 0:
		return []string{"an entry tells of nothing"}
	case changed && len(entries) != 1:
		return []string{fmt.Sprintf("a write has %d entries", len(entries))}
	case changed && (next.Serial != s.Serial+1 || entries[0].Serial != next.Serial || len(entries[0].Changes) == 0):
		return []string{"the entry is not in line or says nothing"}
	}
	if text, err := json.Marshal(next); err != nil || len(text) > 64<<10 {
		return []string{fmt.Sprintf("the state has %d bytes (%v)", len(text), err)}
	}
	return nil
}

// wrongAbort checks that every rollout can be aborted, at once and twice.
func wrongAbort(s rollout.State, in rollout.Input) (wrong []string) {
	in.Leader, in.Command = false, &rollout.Command{Verb: rollout.Abort, By: "alice"}
	next, actions := rollout.Next(s, in)
	again, _ := rollout.Next(next, in)
	switch active := isMoving(&s); {
	case active && (next.Stage != rollout.Aborting || next.Weight != 0):
		return []string{"abort did not: " + statusText(&next)}
	case active && !reflect.DeepEqual(next, again):
		return []string{"abort is not the same twice"}
	case !active && next.Stage != s.Stage:
		return []string{"abort changed what is not under way"}
	case !active && s.Stage != rollout.Aborting && s.Stage != rollout.Aborted:
		if _, ok := actions[0].(rollout.Refused); !ok {
			return []string{"abort of nothing is not refused"}
		}
	}
	return nil
}

// checkReachesAnEnd checks that no state is a trap: when all is well again, and
// a person says go on, the rollout ends.
func checkReachesAnEnd(t *rapid.T, s rollout.State, all []policy.Policy) {
	in := rollout.Input{By: "edge", Leader: true, Policy: &all[0], Groups: map[string]rollout.Holder{}, Fresh: "last", Elapsed: 30e9}
	for range 200 {
		if s.Candidate.Key == "" && s.Stage == rollout.Healthy && s.Stable.Key != "" {
			return
		}
		in.Seen = friendly(&s)
		in.Proxies = []rollout.Proxy{{Name: "edge", Generation: s.Generation}}
		in.Verdict = &rollout.Judged{Decision: verdict.Decision{Outcome: verdict.Pass}, Rollout: s.ID, Since: s.Since}
		in.Deployment = nil
		if s.Candidate.Nomad != nil {
			in.Deployment = &rollout.Deployment{Nomad: *s.Candidate.Nomad, Status: "successful", Promoted: true}
		}
		in.Gates = map[string]rollout.Said{"g": {Answer: policy.Yes}}
		for _, in.Command = range []*rollout.Command{{Verb: rollout.Promote, Full: true, By: "alice"}, nil} {
			s, _ = step(t, s, in)
		}
	}
	t.Fatalf("it never ends: %s", statusText(&s))
}

// friendly is what runs when all is well: stable and the candidate, after a
// promotion the candidate alone, after an abort stable alone.
func friendly(s *rollout.State) (seen detect.Seen) {
	keys := []string{s.Stable.Key, s.Candidate.Key}
	switch {
	case s.Stage == rollout.Promoting:
		keys = keys[1:]
	case s.Stage == rollout.Aborted:
		keys = keys[:1]
	case s.Stable.Key == "":
		keys = []string{"v9"}
	}
	for _, key := range keys {
		if key != "" {
			seen = append(seen, detect.Group{Key: key, Up: 3, All: 3, OnRoute: 3})
		}
	}
	return seen
}
