package controller_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"weir/rollout"
)

// TestOldRecordsAndEntriesGo: the history keeps as many as the policy says, the
// audit a few hundred, and what is left of it still tells the state.
func TestOldRecordsAndEntriesGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newFleet().start(t, memory(t), "edge-1", instances("v1", 1))
		p.put(t, "web", strings.Replace(byHand, "service: web", "service: web\nrevision_history: 3", 1))
		p.at(t, rollout.Healthy, "stable 100%")
		p.source.Set(slices.Concat(instances("v1", 1), instances("v2", 1)))
		for i := range 60 { // a dozen entries each
			p.at(t, rollout.Progressing, "canary 10% stable 90%")
			for range 3 {
				p.do(t, rollout.Command{Verb: rollout.Pause})
				p.do(t, rollout.Command{Verb: rollout.Resume})
			}
			p.do(t, rollout.Command{Verb: rollout.Abort, Reason: fmt.Sprint(i)})
			p.at(t, rollout.Aborted, "canary 0% stable 100%")
			p.do(t, rollout.Command{Verb: rollout.Retry})
		}
		records, _, err := p.History(t.Context(), web)
		if err != nil || len(records) != 3 || records[0].Revision != records[2].Revision+2 {
			t.Errorf("history of %d: %+v (%v)", len(records), records, err)
		}
		entries, problems, err := p.Audit(t.Context(), web)
		if err != nil || len(problems) != 0 || len(entries) < 450 || len(entries) > 530 {
			t.Errorf("audit of %d entries, problems %v (%v)", len(entries), problems, err)
		}
		if len(entries[0].Patch) < 10 || entries[0].Serial < 2 {
			t.Errorf("the first entry is number %d with %d parts", entries[0].Serial, len(entries[0].Patch))
		}
	})
}
