package nomadstory

import (
	"fmt"
	"math"
	"testing"

	"weir/internal/testenv"
)

// TestARollingUpdate without canaries is observed: weir sets no weight, shows
// the versions and their parts, and says when the update is over.
func TestARollingUpdate(t *testing.T) {
	s := tell(t, true)
	s.show(s.phase("01-base"))
	s.policy("nomad-0", "strategy: observe")
	s.visit()
	s.show(s.phase("02-rolling-mid"))
	testenv.Eventually(t, within, func() error {
		r := s.is("promoting", "nomad-0", "nomad-1", 0, "")
		if share := float64(r.Weight) / 10000; math.Abs(share-1./3) > 0.001 || r.Stable.Up != 2 || r.Candidate.Up != 1 {
			return fmt.Errorf("%d instances of the old version and %d of the new one, which has %s", r.Stable.Up, r.Candidate.Up, r.Weight)
		}
		return nil
	})
	s.share("v1", 1./3)
	s.show(s.phase("02-rolling"))
	s.is("healthy", "nomad-1", "", 0, "nomad-1 is stable now")
	s.only("v1", s.after(40))
	s.does("history", "completed")
}
