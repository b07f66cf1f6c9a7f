package nomadstory

import "testing"

// TestACanaryOnItsOwnHostname is the canary of the blog posts: canary_tags give
// it another host, so that it is reached there and has no share of the site,
// whatever the steps say. Promotion swaps its tags; then it has a share, and the
// other host is gone.
func TestACanaryOnItsOwnHostname(t *testing.T) {
	s := tell(t, false)
	canary := s.phase("06-canary-isolated")
	s.show(canary.without(4))
	s.policy("nomad-3", "nomad: auto", "steps: [{set_weight: 20%}, {pause: {}}, {promote: {}}]")
	s.answers(canarySite, "")
	s.visit()

	s.show(canary)
	s.is("paused", "nomad-3", "nomad-4", 0, "nomad-4 is not on the route of stable, only on its own hostname: promote, and weir promotes it in Nomad")
	s.answers(canarySite, "v4")
	s.only("v3", s.crowd.since())
	s.only("v3", s.after(60))

	s.does("promote", "promoting")
	s.told("promote")
	s.show(s.phase("07-canary-isolated-just-after-promote"))
	s.answers(canarySite, "")
	s.answers(site, "v4")
	s.show(s.phase("07-canary-isolated-promote"))
	s.is("healthy", "nomad-4", "", 0, "nomad-4 is stable now")
	s.only("v4", s.after(60))
	if n := s.nomad.called("promote"); n != 1 {
		t.Errorf("Nomad was asked to promote %d times, want once", n)
	}
}

// TestACanaryHostFromThePolicy is the same without canary_tags: the policy gives
// a canary that has the very same tags a host of its own, as long as it is one.
func TestACanaryHostFromThePolicy(t *testing.T) {
	s := tell(t, false)
	canary := s.phase("04-canary-shared")
	s.show(canary.without(3))
	s.policy("nomad-2", "nomad: auto", `canary_host: "canary.{host}"`, "steps: [{pause: {}}, {set_weight: 20%}, {pause: {}}, {promote: {}}]")
	s.answers(canarySite, "")
	s.visit()

	s.show(canary)
	s.is("paused", "nomad-2", "nomad-3", 1, "wait until somebody promotes")
	s.answers(canarySite, "v3")
	s.only("v2", s.crowd.since())
	s.only("v2", s.after(40))

	s.does("promote", "promoting", "--full")
	s.told("promote")
	s.show(s.phase("05-canary-shared-promote"))
	s.is("healthy", "nomad-3", "", 0, "nomad-3 is stable now")
	s.answers(canarySite, "")
	s.only("v3", s.after(40))
}
