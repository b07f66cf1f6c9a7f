package arms_test

import (
	"errors"
	"testing"

	"weir/internal/testenv"
	"weir/rollout"
	"weir/route"
)

// TestARolloutEndsWhileUnitsAreCounted again and again: those that were drawn for
// it end later than it does.
func TestARolloutEndsWhileUnitsAreCounted(t *testing.T) {
	s := state(t, "web", 5000, "")
	w := start(t, "p1", newStates(s))
	w.set(t, at(t, "web", "v1", moody(t, "v1").Addr, "urlprefix-a.test/"), at(t, "web", "v2", moody(t, "v2").Addr, "urlprefix-a.test/"))
	testenv.StartLoad(t, testenv.Paced(4, 200, func() testenv.Client { return &testenv.Requests{Addr: w.http, Host: "a.test"} }))
	for range 10 {
		over := s
		over.Generation, over.Stage, over.Candidate = s.Generation+1, rollout.Healthy, rollout.Version{}
		w.states.set(over)
		w.until(t, func() error {
			if w.publisher.Generation(route.Scope{Kind: "service", Name: "web"}) != over.Generation {
				return errors.New("it is not over yet")
			}
			return nil
		})
		s.Generation += 2
		w.follow(t, s)
	}
}
