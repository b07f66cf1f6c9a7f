package controller_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"weir/rollout"
	"weir/rollout/controller"
	"weir/rollout/detect"
)

// hasty is a Nomad whose job does not wait for a rollout.
type hasty struct{ *nomad }

// Deployments implements controller.Nomad.
func (h hasty) Deployments(of detect.Nomad) (own, latest *rollout.Deployment) {
	own, latest = h.nomad.Deployments(of)
	own.Updates = &detect.Job{AutoPromote: true, Canary: 1, Count: 2, Groups: 2}
	return own, latest
}

// TestWhatTheJobSaysIsToldOnce, and kept in the state for whoever looks.
func TestWhatTheJobSaysIsToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, all := canaryInNomad()
		p := newFleet().start(t, memory(t), "edge-1", all, func(c *controller.Config) { c.Nomad = hasty{n} })
		p.put(t, "web", asking)
		now := p.at(t, rollout.Progressing, "canary 10% stable 90%")
		time.Sleep(time.Minute)
		if now.Updates == nil || !now.Updates.AutoPromote {
			t.Errorf("the state has %+v", now.Updates)
		}
		list, _, err := p.Audit(t.Context(), web)
		if err != nil {
			t.Fatal(err)
		}
		var notes []string
		for _, e := range list {
			for _, c := range e.Changes {
				if c.Kind == rollout.KindNote {
					notes = append(notes, c.To)
				}
			}
		}
		if got := strings.Join(notes, " "); got != "auto_promote shutdown_delay groups" {
			t.Errorf("told of %q", got)
		}
	})
}
