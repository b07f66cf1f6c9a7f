package nomadstory

import (
	"strings"
	"testing"
)

const blueGreen = "strategy: bluegreen"

// green lets the new set of the blue/green deployment come, as many as there are
// of the old one, and waits until it may be looked at.
func green(t *testing.T, web bool, lines ...string) *story {
	s := tell(t, web)
	both := s.phase("08-blue-green")
	s.show(both.without(5))
	s.policy("nomad-4", append([]string{blueGreen}, lines...)...)
	s.visit()
	s.show(both)
	s.is("paused", "nomad-4", "nomad-5", 2, "wait until somebody promotes")
	s.only("v4", s.crowd.since())
	return s
}

// TestBlueGreen: a preview, everything in one write, a bake while the old set
// stands by, and only then the promotion, by weir and once. Connections stay
// where they are.
func TestBlueGreen(t *testing.T) {
	s := green(t, false, "nomad: auto", "steps: [{preview: {}}, {pause: {}}, {set_weight: 100%}, {bake: {duration: 10m}}, {promote: {}}]")
	open := s.connect("v4")
	s.does("promote", "give the candidate 100%")
	s.is("baking", "nomad-4", "nomad-5", 4, "")
	s.only("v5", s.after(40))
	if n := s.nomad.called("promote"); n != 0 {
		t.Error("Nomad was asked to promote during the bake")
	}
	open.goOn()
	s.does("promote", "promoting") // the bake has lasted long enough
	s.told("promote")
	s.only("v5", s.crowd.since())
	s.show(s.phase("09-blue-green-promote"))
	s.is("healthy", "nomad-5", "", 0, "nomad-5 is stable now")
	s.only("v5", s.after(40))
	open.goOn()
	if n := s.nomad.called("promote"); n != 1 {
		t.Errorf("Nomad was asked to promote %d times, want once", n)
	}
}

// TestBlueGreenIsAborted: while the bake lasts the old set has everything back
// with one command, from the next connection on, and Nomad is told to fail the
// deployment once.
func TestBlueGreenIsAborted(t *testing.T) {
	s := green(t, true, "nomad: auto", "steps: [{preview: {}}, {pause: {}}, {set_weight: 100%}, {bake: {duration: 10m}}, {promote: {}}]")
	s.does("promote", "give the candidate 100%")
	s.is("baking", "nomad-4", "nomad-5", 4, "")
	s.only("v5", s.after(40))
	s.does("abort", "aborted by alice: a wrong colour", "--reason", "a wrong colour")
	s.is("aborted", "nomad-4", "nomad-5", 0, "aborted by alice: a wrong colour")
	s.only("v4", s.after(40))
	s.told("fail")
	s.register(s.phase("08-blue-green").without(5).Services) // Nomad stops the canaries
	s.only("v4", s.after(40))
	if fails, promotes := s.nomad.called("fail"), s.nomad.called("promote"); fails != 1 || promotes != 0 {
		t.Errorf("Nomad was told to fail %d times and to promote %d times, want once and never", fails, promotes)
	}
}

// TestBlueGreenAsks: with nomad: ask the last act is a person's, and what they
// have to run is printed whole.
func TestBlueGreenAsks(t *testing.T) {
	s := green(t, true, "nomad: ask", "steps: [{preview: {}}, {pause: {}}, {set_weight: 100%}, {promote: {}}]")
	s.does("promote", "give the candidate 100%")
	green := s.phase("08-blue-green")
	for _, d := range green.Deployments {
		if versionOf(d) == 5 {
			s.is("paused", "nomad-4", "nomad-5", 4, "run: nomad deployment promote -group "+s.service()+" "+d["ID"].(string))
		}
	}
	s.does("get", "run: nomad deployment promote -group "+s.service()+" 0fd025f2-")
	s.only("v5", s.after(40))
	s.show(s.phase("09-blue-green-promote"))
	s.is("healthy", "nomad-5", "", 0, "")
	if calls := strings.Join(s.nomad.calls, " "); calls != "" {
		t.Errorf("Nomad was told to %s", calls)
	}
}
