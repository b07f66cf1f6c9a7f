package nomadstory

import "testing"

// TestACanaryWithTheSameTags is told apart by its allocation alone, gets nothing
// until somebody says so, and is held at the step's weight then, though it is
// one of four instances. Somebody promotes it in Nomad: its registration changes
// in place, two of the old allocations leave at once and the last one later, and
// nobody loses a connection.
func TestACanaryWithTheSameTags(t *testing.T) {
	for name, web := range map[string]bool{"TCP": false, "HTTP": true} {
		t.Run(name, func(t *testing.T) {
			s := tell(t, web)
			canary := s.phase("04-canary-shared")
			s.show(canary.without(3))
			s.policy("nomad-2", "steps: [{pause: {}}, {set_weight: 10%}, {pause: {}}, {set_weight: 40%}, {pause: {}}, {promote: {nomad: ask}}]")
			s.visit()

			s.show(canary)
			s.is("paused", "nomad-2", "nomad-3", 1, "wait until somebody promotes")
			s.only("v2", s.crowd.since()) // since it came
			s.does("promote", "give the candidate 10%")
			s.is("paused", "nomad-2", "nomad-3", 3, "")
			s.share("v3", 0.1)
			s.does("promote", "give the candidate 40%")
			s.is("paused", "nomad-2", "nomad-3", 5, "")
			s.share("v3", 0.4)

			open := s.connect("v2", "v3")
			s.does("promote", "promoting")
			s.is("paused", "nomad-2", "nomad-3", 6, "run: nomad deployment promote -group "+s.service()+" ca56f955-")
			s.show(s.phase("05-canary-shared-just-after-promote"))
			s.is("promoting", "nomad-2", "nomad-3", 6, "")
			open.goOn()
			s.show(s.phase("05-canary-shared-promote"))
			s.is("healthy", "nomad-3", "", 0, "")
			open.goOn()
			s.only("v3", s.after(60))
			if n := s.nomad.called("promote"); n != 0 {
				t.Errorf("Nomad was asked to promote %d times, want none", n)
			}
		})
	}
}
