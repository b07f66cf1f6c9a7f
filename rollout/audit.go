package rollout

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// audit adds the entry of this write, if anything but Live is different.
func (r *run) audit() {
	old, now := *r.before, r.State
	old.Live, now.Live = Live{}, Live{}
	if reflect.DeepEqual(old, now) {
		return
	}
	if len(r.changes) == 0 {
		r.change(KindSeen, "", r.Candidate.Key, "", "its instances are others")
	}
	r.Serial++
	r.UpdatedBy, r.UpdatedAt = r.by(), r.in.At
	before := *r.before
	if r.Serial == 1 {
		before = State{} // the first entry tells all
	}
	patch, err := diff(before, r.State)
	if err != nil {
		panic(err) // a State is plain data
	}
	r.actions = append(r.actions, Entry{
		Scope: r.Scope, ID: r.ID, Serial: r.Serial, At: r.in.At, By: r.by(),
		Command: r.in.Command, Changes: r.changes, Patch: patch,
	})
}

// live is the part of the state that every patch has whole.
const live = "live"

// diff is the parts of the next state that differ.
func diff(before, next State) (map[string]json.RawMessage, error) {
	old, err := parts(before)
	if err != nil {
		return nil, err
	}
	patch, err := parts(next)
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(patch, func(k string, v json.RawMessage) bool { return k != live && bytes.Equal(v, old[k]) })
	now, err := parts(next)
	for k := range old {
		if _, still := now[k]; !still {
			patch[k] = json.RawMessage("null")
		}
	}
	return patch, err
}

func parts(s State) (p map[string]json.RawMessage, err error) {
	text, err := json.Marshal(s)
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	return p, err
}

// Replay puts the state together from all entries of a scope, in any order. An
// error names the entry that is missing or cannot be read.
func Replay(entries []Entry) (State, error) {
	entries = slices.Clone(entries)
	slices.SortFunc(entries, func(a, b Entry) int { return int(a.Serial) - int(b.Serial) })
	all := map[string]json.RawMessage{}
	for i, e := range entries {
		if e.Serial != uint64(i)+1 {
			return State{}, fmt.Errorf("entry %d of %s is missing or there twice", i+1, e.Scope)
		}
		maps.Copy(all, e.Patch)
		maps.DeleteFunc(all, func(_ string, v json.RawMessage) bool { return string(v) == "null" })
	}
	text, err := json.Marshal(all)
	if err != nil {
		return State{}, err
	}
	var s State
	if err := json.Unmarshal(text, &s); err != nil {
		return State{}, fmt.Errorf("the entries do not make a state: %w", err)
	}
	return s, nil
}
