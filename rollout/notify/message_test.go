package notify

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"weir/rollout"
	"weir/rollout/policy"
	"weir/route"
)

// state is a rollout in its second step.
func state() rollout.State {
	s := rollout.New(route.Scope{Kind: "service", Name: "web"})
	s.ID, s.Revision, s.Serial, s.Phase, s.Step, s.Weight = "R1", 3, 9, rollout.Progressing, 1, 1000
	s.Stable.Key, s.Candidate.Key = "v1", "v2"
	s.Policy = policy.Default(policy.Canary)
	return s
}

// entry is a transition with these changes.
func entry(changes ...rollout.Change) rollout.Entry {
	s := state()
	return rollout.Entry{Scope: s.Scope, ID: s.ID, Serial: s.Serial, By: "edge-1", At: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC), Changes: changes}
}

func TestMessages(t *testing.T) {
	for _, c := range []struct {
		changes []rollout.Change
		events  []Event
		text    string
	}{
		{[]rollout.Change{{Kind: rollout.KindStage, To: "preview", Reason: rollout.Detected, Message: "v2 came"}},
			[]Event{Detected}, "service/web: detected: v2 came"},
		{[]rollout.Change{{Kind: rollout.KindNote, To: "auto_promote", Message: "the job has auto_promote"}},
			[]Event{Detected}, "service/web: detected: the job has auto_promote"},
		{[]rollout.Change{{Kind: rollout.KindStep, From: "1", To: "2", Message: "wait for the verdict"}, {Kind: rollout.KindWeight, From: "0%", To: "10%"}},
			[]Event{Step}, "service/web: step 2: wait for the verdict"},
		{[]rollout.Change{{Kind: rollout.KindHold, To: "acks", Message: "generation 4 is missing on edge-2"}},
			[]Event{Paused}, "service/web: paused: generation 4 is missing on edge-2"},
		{[]rollout.Change{{Kind: rollout.KindHold, To: "inconclusive", Message: "no verdict in time"}},
			[]Event{Inconclusive}, "service/web: inconclusive: no verdict in time"},
		{[]rollout.Change{{Kind: rollout.KindHold, To: "time"}, {Kind: rollout.KindHold, From: "acks"}, {Kind: rollout.KindHold, From: "nomad", To: "nomad"}}, nil, ""},
		{[]rollout.Change{{Kind: rollout.KindStage, From: "baking", To: "promoting"}}, []Event{Promoting}, "service/web: promoting"},
		{[]rollout.Change{{Kind: rollout.KindStage, To: "completed", Reason: rollout.Replaced}, {Kind: rollout.KindStage, To: "healthy"}},
			[]Event{Completed}, "service/web: completed: replaced"},
		{[]rollout.Change{{Kind: rollout.KindStage, To: "aborting", Reason: rollout.VerdictFail, Message: "http_5xx"}, {Kind: rollout.KindOverride, From: "50%"}},
			[]Event{Aborted, Override}, "service/web: aborted: http_5xx; override"},
		{[]rollout.Change{{Kind: rollout.KindStage, To: "superseded", Message: "v3 came"}}, []Event{Aborted}, "service/web: aborted: v3 came"},
		{[]rollout.Change{{Kind: rollout.KindSeen, To: "v2"}}, nil, ""},
	} {
		s, e := state(), entry(c.changes...)
		m := messageOf(&s, &e)
		if !slices.Equal(m.Events, c.events) || len(c.events) > 0 && m.Text != c.text {
			t.Errorf("%+v is %v %q, want %v %q", c.changes, m.Events, m.Text, c.events, c.text)
		}
	}
}

// TestTheBodyOfAWebhook: what programs may rely on.
func TestTheBodyOfAWebhook(t *testing.T) {
	s, e := state(), entry(rollout.Change{Kind: rollout.KindStage, To: "aborting"})
	e.By, e.Command = "alice", &rollout.Command{Verb: rollout.Abort, By: "alice", Reason: "it smells"}
	text, err := json.Marshal(messageOf(&s, &e))
	const want = `{"id":"service/web#9","events":["aborted"],"at":"2026-11-21T12:00:00Z","by":"alice","text":"service/web: aborted (by alice: it smells)",` +
		`"scope":{"Kind":"service","Name":"web"},"rollout":"R1","revision":3,"phase":"progressing","stable":"v1","candidate":"v2","step":2,"steps":9,"weight":"10%"}`
	if err != nil || string(text) != want {
		t.Errorf("got\n%s (%v)\nwant\n%s", text, err, want)
	}
}
