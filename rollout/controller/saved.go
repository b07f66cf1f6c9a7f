package controller

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"weir/rollout"
	"weir/route"
	"weir/store"
)

// saved is the form of the file that keeps the last good states.
type saved struct {
	Format int             `json:"format"`
	States []rollout.State `json:"states"` // by scope
}

// format is the version of the form.
const format = 1

// load reads the states of the run before; none when there is no file.
func load(file string) ([]rollout.State, error) {
	var s saved
	if err := readSaved(file, &s, &s.Format); err != nil {
		return nil, err
	}
	return s.States, nil
}

// readSaved reads into s what the run before has kept in a file of state.dir;
// is points to the field of s that holds the version of the form. Without a file
// s stays as it is.
func readSaved(file string, s any, is *int) error {
	text, err := os.ReadFile(file)
	if file == "" || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, s); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if *is != format {
		return fmt.Errorf("%s: format %d, want %d", file, *is, format)
	}
	return nil
}

// save writes what is known to the file, if it differs from what was written
// last, and returns what is in the file now.
func save(file string, known map[route.Scope]known, last []byte) ([]byte, error) {
	s := saved{Format: format}
	for _, k := range known {
		if k.exists() {
			s.States = append(s.States, k.state)
		}
	}
	slices.SortFunc(s.States, func(a, b rollout.State) int { return servicesFirst(a.Scope, b.Scope) })
	text, err := json.Marshal(s)
	if err != nil || string(text) == string(last) {
		return last, err
	}
	if err := store.WriteFile(file, text); err != nil {
		return last, err
	}
	return text, nil
}
