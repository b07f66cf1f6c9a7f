package certs

import (
	"slices"
	"sync"
	"time"
)

// half is one of the two things that a source has.
type half struct {
	from place                                           // nil: of certificates that are issued
	use  func([]text) (changed bool, problems []Problem) // called by one goroutine at a time

	first sync.Once
	heard chan struct{} // closed when there was a first answer
	mu    sync.Mutex
	known known
}

// known is what a half knows of its place.
type known struct {
	at       time.Time // of the last answer; zero: there was none
	err      error     // why there is no newer one
	problems []Problem
}

// take returns what uses the answers of a place. What is new is logged.
func (s *Source) take(h *half) func([]text, error) {
	return func(texts []text, err error) {
		h.mu.Lock()
		before := h.known
		h.mu.Unlock()
		now, changed := known{at: before.at, err: err, problems: before.problems}, false
		if err == nil {
			now.at = time.Now()
			changed, now.problems = h.use(texts)
		}
		h.mu.Lock()
		h.known = now
		h.mu.Unlock()
		s.tell(before, now, changed)
		h.first.Do(func() { close(h.heard) })
	}
}

// tell logs what has changed.
func (s *Source) tell(before, now known, changed bool) {
	log := s.around.Log.With("source", s.conf.Name)
	if changed {
		log.Info("certificates are in use", "names", len(s.served.Load().Names()))
	}
	if now.err != nil && (before.err == nil || before.err.Error() != now.err.Error()) {
		log.Warn("certificates cannot be read, the last ones stay", "error", now.err)
	}
	for _, p := range now.problems {
		if !slices.Contains(before.problems, p) {
			log.Warn("a certificate cannot be used", "place", p.Place, "reason", p.Reason)
		}
	}
}
