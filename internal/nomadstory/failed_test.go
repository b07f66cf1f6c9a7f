package nomadstory

import (
	"fmt"
	"testing"

	"weir/internal/testenv"
)

const oneStep = "steps: [{pause: {}}, {set_weight: 10%}, {pause: {}}, {promote: {}}]"

// TestSomebodyPromotesInNomad: the rollout goes to its end, and says why.
func TestSomebodyPromotesInNomad(t *testing.T) {
	s := tell(t, true)
	canary := s.phase("04-canary-shared")
	s.show(canary.without(3))
	s.policy("nomad-2", oneStep)
	s.visit()
	s.show(canary)
	s.is("paused", "nomad-2", "nomad-3", 1, "")
	s.show(s.phase("05-canary-shared-just-after-promote"))
	s.is("promoting", "nomad-2", "nomad-3", 4, "the deployment was promoted in Nomad")
	s.show(s.phase("05-canary-shared-promote"))
	s.is("healthy", "nomad-3", "", 0, "nomad-3 is stable now")
	s.does("history", "external_promote")
	s.only("v3", s.after(40))
}

// TestSomebodyFailsTheDeployment in Nomad: the canary is taken out at once.
func TestSomebodyFailsTheDeployment(t *testing.T) {
	s := tell(t, true)
	s.show(s.phase("11-canary").without(7))
	s.policy("nomad-6", "nomad: ask", oneStep)
	s.visit()
	s.show(s.phase("11-canary"))
	s.is("paused", "nomad-6", "nomad-7", 0, "only on its own hostname")
	s.answers(canarySite, "v7")
	s.show(s.phase("11-canary-fail"))
	s.is("aborted", "nomad-6", "nomad-7", 0, "the deployment was failed in Nomad: Deployment marked as failed; run: nomad job revert "+s.service()+" 6")
	s.answers(canarySite, "")
	s.does("audit", "(external_fail): the deployment was failed in Nomad: Deployment marked as failed")
	s.only("v6", s.crowd.since())
}

// TestNomadRevertsAFailedDeployment: a version that never passes gets nothing.
// Nomad fails it when its time is over and reverts the job, and that revert
// waits for a promotion while what failed is still registered. The instances
// that the revert updated in place are of another job version now, under the
// same service ID, and still the same version.
func TestNomadRevertsAFailedDeployment(t *testing.T) {
	s := tell(t, true)
	s.show(s.phase("10-revert"))
	s.policy("nomad-6", oneStep)
	s.visit()
	s.show(s.phase("12-bad-version"))
	s.is("preview", "nomad-6", "nomad-8", 0, "")
	s.show(s.phase("12-auto-revert-at-failure"))
	s.is("aborted", "nomad-6", "nomad-8", 0, "Nomad failed the deployment: Failed due to progress deadline - rolling back to job version 6")
	s.show(s.phase("12-auto-revert-before-promotion"))
	waits := "version 9 of job " + s.service() + " is a revert to nomad-6 and waits for its promotion in Nomad; run: nomad deployment promote -group " + s.service() + " 0501a02e-"
	testenv.Eventually(t, within, func() error {
		if r := s.is("aborted", "nomad-6", "nomad-8", 0, waits); r.Stable.JobVersion != 9 || r.Stable.Up != 3 {
			return fmt.Errorf("stable is %+v, want three instances of job version 9", r.Stable)
		}
		return nil
	})
	s.answers(canarySite, "v9")
	s.does("get", waits)
	s.show(s.phase("12-auto-revert"))
	s.is("healthy", "nomad-6", "", 0, "nomad-8 left")
	for version := range s.crowd.since() {
		if version != "v6" && version != "v9" {
			t.Errorf("%s has answered", version)
		}
	}
}

// TestPromotionWaitsForTheCanariesThemselves: HealthyAllocs of a deployment
// counts allocations that were updated in place, too. As long as the canary is
// not healthy Nomad is not asked to promote.
func TestPromotionWaitsForTheCanariesThemselves(t *testing.T) {
	s := tell(t, true)
	canary := s.phase("04-canary-shared")
	s.show(canary.without(3))
	s.policy("nomad-2", "nomad: auto", oneStep)
	s.visit()
	status := func(p phase) document {
		for _, a := range p.Allocations {
			if versionOf(a) == 3 {
				return a["DeploymentStatus"].(document)
			}
		}
		return nil
	}
	waiting := s.phase("04-canary-shared") // HealthyAllocs is 1
	status(waiting)["Healthy"] = nil       // as the event stream showed it before
	s.show(waiting)
	s.is("paused", "nomad-2", "nomad-3", 1, "")
	s.does("promote", "promoting", "--full")
	s.is("paused", "nomad-2", "nomad-3", 4, "0 of 1 canaries are healthy")
	if n := s.nomad.called("promote"); n != 0 {
		t.Errorf("Nomad was asked to promote %d times", n)
	}
	s.show(canary)
	s.told("promote")
	s.show(s.phase("05-canary-shared-promote"))
	s.is("healthy", "nomad-3", "", 0, "")
}
