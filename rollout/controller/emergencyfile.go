package controller

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"
	"sync"

	"weir/route"
	"weir/store"
)

// errNoFile says that nothing is kept for the next start.
var errNoFile = errors.New("there is no state.dir")

// emergencyFile keeps emergencies for the next start. It is safe for concurrent
// use.
type emergencyFile struct {
	path string // empty: there is none

	mu sync.Mutex
}

// savedEmergencies is the form of the file.
type savedEmergencies struct {
	Format      int         `json:"format"`
	Emergencies []Emergency `json:"emergencies"`
}

// load reads what the run before has kept; none when there is no file.
func (f *emergencyFile) load() (map[route.Scope]Emergency, error) {
	all := map[route.Scope]Emergency{}
	var s savedEmergencies
	if err := readSaved(f.path, &s, &s.Format); err != nil {
		return all, err
	}
	for _, e := range s.Emergencies {
		all[e.Scope] = e
	}
	return all, nil
}

// save writes those that there are when it is its turn, and no file for none.
func (f *emergencyFile) save(now func() map[route.Scope]Emergency) error {
	if f.path == "" {
		return errNoFile
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	s := savedEmergencies{Format: format}
	for _, e := range now() {
		s.Emergencies = append(s.Emergencies, e)
	}
	if s.Emergencies == nil {
		if err := os.Remove(f.path); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	slices.SortFunc(s.Emergencies, func(a, b Emergency) int { return servicesFirst(a.Scope, b.Scope) })
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return store.WriteFile(f.path, text)
}

// keepEmergencies says why a restart would forget the emergencies.
func (c *Controller) keepEmergencies() error {
	err := c.kept.save(c.view.emergencies)
	if err != nil && !errors.Is(err, errNoFile) {
		c.conf.Log.Error("emergencies cannot be kept for the next start", "error", err)
	}
	return err
}
