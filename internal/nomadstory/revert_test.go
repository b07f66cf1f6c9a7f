package nomadstory

import "testing"

// TestARevert: "nomad job revert" makes a new job version that runs an old one.
// It is that version again and no new candidate: it goes through no steps. As
// its job file has canaries it waits for a promotion itself, which is said with
// the command.
func TestARevert(t *testing.T) {
	s := tell(t, true)
	s.show(s.phase("08-blue-green").without(5))
	s.policy("nomad-4", "steps: [{set_weight: 10%}, {analysis: {}}, {set_weight: 100%}, {bake: {duration: 10m}}, {promote: {}}]")
	s.visit()
	s.show(s.phase("09-blue-green-promote")) // somebody has promoted it at once
	s.is("healthy", "nomad-5", "", 0, "nomad-5 is stable now")
	s.only("v5", s.after(40))

	s.show(s.phase("10-revert-before-promotion"))
	s.is("paused", "nomad-5", "nomad-4", 0, "version 6 of job "+s.service()+" is a revert to nomad-4, which is a canary again, only on its own hostname: "+
		"promote it in Nomad; run: nomad deployment promote -group "+s.service()+" 43501bfa-")
	s.answers(canarySite, "v6")
	s.only("v5", s.after(40))
	s.show(s.phase("10-revert"))
	s.is("healthy", "nomad-4", "", 0, "nomad-4 is stable now")
	s.only("v6", s.after(40))
	s.does("audit", "nomad-4 came back: version 6 of job "+s.service()+" runs the same")
	s.does("history", "external_promote")
}
