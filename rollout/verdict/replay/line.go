package replay

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"weir/rollout/verdict"
	"weir/route"
)

// Schema is the version of the form.
const Schema = 1

// maxLine bounds a line, in bytes: the most clients that a report may name, of
// both versions.
const maxLine = 4 << 20

// header is the first line. What its rules leave out is as in
// verdict.DefaultRules.
type header struct {
	Recording int           `json:"recording"` // Schema
	Rollout   string        `json:"rollout,omitempty"`
	Steps     int           `json:"steps"`
	Rules     verdict.Rules `json:"rules"`
	// Evidence is what was known when the recording began, where that was not the
	// beginning: another leader had counted before, or what came before was let go.
	Evidence json.RawMessage `json:"evidence,omitempty"`
}

// begin is the line of a step that begins.
type begin struct {
	Step       int    `json:"step"` // from 1
	Generation uint64 `json:"generation"`
}

// counters is what a proxy reported of one generation in one round.
type counters struct {
	Round      uint64       `json:"round"`
	Time       time.Time    `json:"time,omitzero"`
	Proxy      string       `json:"proxy"`
	Epoch      uint64       `json:"epoch"`
	Generation uint64       `json:"generation"`
	Weight     route.Weight `json:"weight"`
	Candidate  verdict.Arm  `json:"candidate"`
	Stable     verdict.Arm  `json:"stable"`
}

// parse reads a line: a *header, *begin or *counters, told apart by the key
// that only they have.
func parse(text []byte) (any, error) {
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(text, &keys); err != nil {
		return nil, plain(err)
	}
	var line any
	var needs []string
	switch {
	case has(keys, "recording"):
		line, needs = &header{Rules: verdict.DefaultRules()}, []string{"steps"}
	case has(keys, "step"):
		line, needs = &begin{}, []string{"generation"}
	case has(keys, "proxy"):
		line, needs = &counters{}, []string{"round", "epoch", "generation", "weight", "candidate", "stable"}
	default:
		return nil, errors.New(`none of the keys "recording" (first line), "step" (a step begins) and "proxy" (counters) is there`)
	}
	for _, key := range needs {
		if !has(keys, key) {
			return nil, fmt.Errorf("the key %q is missing", key)
		}
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(line); err != nil {
		return nil, plain(err)
	}
	return line, nil
}

func has(keys map[string]json.RawMessage, key string) bool { _, there := keys[key]; return there }

// plain says in a user's words what encoding/json found.
func plain(err error) error {
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind):
		field := strings.ReplaceAll(kind.Field, "Tally.", "") // which is embedded
		return fmt.Errorf("%s is a %s, want %s", field, kind.Value, words(kind.Type.Kind().String()))
	case err.Error() == "unexpected end of JSON input":
		return errors.New("the line ends within its JSON object")
	}
	return err
}

func words(kind string) string {
	switch kind {
	case "uint64", "uint32", "uint8":
		return "a whole number from 0"
	case "int":
		return "a whole number"
	case "struct", "map":
		return "an object"
	case "slice":
		return "a list"
	case "float64":
		return "a number"
	}
	return "a " + kind
}
