package controller

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"weir/rollout"
	"weir/route"
	"weir/store"
)

// Folders of the store. Below those of scopes are KIND/NAME, the name escaped
// so that it is one segment.
const (
	states   = "v1/rollouts/" // KIND/NAME/state
	proofs   = "v1/evidence/" // KIND/NAME
	records  = "v1/history/"  // KIND/NAME/REVISION
	entries  = "v1/audit/"    // KIND/NAME/SERIAL
	policies = "v1/policies/" // NAME
	proxies  = "v1/proxies/"  // NAME
	lockKey  = "v1/leader"
)

func below(folder string, s route.Scope) string {
	return folder + s.Kind + "/" + url.PathEscape(s.Name)
}

func stateKey(s route.Scope) string { return below(states, s) + "/state" }

// numbered is a key that sorts by its number.
func numbered(folder string, s route.Scope, n uint64) string {
	return fmt.Sprintf("%s/%020d", below(folder, s), n)
}

// scopeOf is the scope of a state's key.
func scopeOf(key string) (route.Scope, error) {
	rest, ok := strings.CutSuffix(strings.TrimPrefix(key, states), "/state")
	kind, name, both := strings.Cut(rest, "/")
	name, err := url.PathUnescape(name)
	s := route.Scope{Kind: kind, Name: name}
	if !ok || !both || err != nil || kind != "service" && kind != "route" || stateKey(s) != key {
		return route.Scope{}, fmt.Errorf("%s is not the key of a state, such as %s", key, stateKey(route.Scope{Kind: "service", Name: "web"}))
	}
	return s, nil
}

// maxState bounds the JSON form of a state, in bytes.
const maxState = 64 << 10

func encodeState(s rollout.State) ([]byte, error) {
	text, err := json.Marshal(s)
	if err == nil && len(text) > maxState {
		err = fmt.Errorf("the state of %s has %d bytes, at most %d fit", s.Scope, len(text), maxState)
	}
	return text, err
}

// decodeState reads a state. An error says what is wrong with it.
func decodeState(e store.Entry) (s rollout.State, err error) {
	if len(e.Value) > maxState {
		return s, fmt.Errorf("it has %d bytes, at most %d are read", len(e.Value), maxState)
	}
	if err := json.Unmarshal(e.Value, &s); err != nil {
		return s, err
	}
	switch {
	case s.Schema != rollout.Schema:
		return s, fmt.Errorf("its schema is %d, want %d", s.Schema, rollout.Schema)
	case stateKey(s.Scope) != e.Key:
		return s, fmt.Errorf("it is about %q, whose key is %s", s.Scope, stateKey(s.Scope))
	case s.Step < 0 || s.Step > len(s.Policy.Steps):
		return s, fmt.Errorf("it is in step %d of %d", s.Step, len(s.Policy.Steps))
	}
	return s, nil
}
