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

// hear uses an answer of the place, and tells what was known before and is now,
// and whether what is served has changed.
func (h *half) hear(texts []text, err error) (before, now known, changed bool) {
	h.mu.Lock()
	before = h.known
	h.mu.Unlock()
	now = known{at: before.at, err: err, problems: before.problems}
	if err == nil {
		now.at = time.Now()
		changed, now.problems = h.use(texts)
	}
	h.mu.Lock()
	h.known = now
	h.mu.Unlock()
	h.first.Do(func() { close(h.heard) })
	return before, now, changed
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
