package nomadstory

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"

	"weir/internal/testenv"
)

// crowd counts the answers of all clients by version.
type crowd struct {
	mu      sync.Mutex
	version map[string]int
	looks   int // how often somebody has looked
}

// met counts an answer, unless somebody has looked since it was asked for.
func (c *crowd) met(answer string, asked int) {
	version, _, _ := strings.Cut(answer, " ")
	c.mu.Lock()
	defer c.mu.Unlock()
	if asked == c.looks {
		c.version[version]++
	}
}

// now is what met wants to know of an answer that is asked for now.
func (c *crowd) now() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.looks
}

// since returns what was asked for and answered since the last call.
func (c *crowd) since() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	was := c.version
	c.version = map[string]int{}
	c.looks++
	return was
}

// visit lets clients come until the end of the story, of which none may fail:
// some with a connection for each request, others with one that stays open where
// the version may change on it.
func (s *story) visit() {
	s.t.Helper()
	groups := []func(*testenv.Load){testenv.Paced(2, 25, func() testenv.Client { return &visitor{s: s} })}
	if s.http {
		groups = append(groups, testenv.Paced(2, 25, func() testenv.Client { return &visitor{s: s, keep: true} }))
	}
	load := testenv.StartLoad(s.t, groups...)
	s.t.Cleanup(load.Stop)
	testenv.Eventually(s.t, within, func() error {
		s.crowd.mu.Lock()
		defer s.crowd.mu.Unlock()
		if len(s.crowd.version) == 0 {
			return errors.New("nobody was answered")
		}
		return nil
	})
}

// after waits for n more answers, and returns how many each version gave of
// those since now.
func (s *story) after(n int) map[string]int {
	s.t.Helper()
	s.crowd.since()
	testenv.Eventually(s.t, within, func() error {
		s.crowd.mu.Lock()
		defer s.crowd.mu.Unlock()
		sum := 0
		for _, got := range s.crowd.version {
			sum += got
		}
		if sum < n {
			return fmt.Errorf("%d of %d answers", sum, n)
		}
		return nil
	})
	return s.crowd.since()
}

// only fails unless all answers since the last look, and some more, are of one
// version.
func (s *story) only(version string, since map[string]int) {
	s.t.Helper()
	if len(since) != 1 || since[version] == 0 {
		s.t.Errorf("clients were answered by %v, want %s alone", since, version)
	}
}

// share fails when a version's part of some hundred answers is further from p
// than five standard deviations, which chance does once in a million runs.
func (s *story) share(version string, p float64) {
	s.t.Helper()
	got, sum := s.after(200), 0
	for _, n := range got {
		sum += n
	}
	mean, deviation := float64(sum)*p, math.Sqrt(float64(sum)*p*(1-p))
	if math.Abs(float64(got[version])-mean) > 5*deviation {
		s.t.Errorf("%s gave %d of %d answers %v, want %.0f ± %.0f", version, got[version], sum, got, mean, 5*deviation)
	}
}
