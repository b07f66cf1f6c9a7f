package controller_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"weir/rollout"
)

// drains are the versions that drain, with how many instances they have and how.
func (p *proxy) drains() (list []string) {
	for _, d := range p.live.Load().Drains() {
		list = append(list, fmt.Sprintf("%s %d within %v at %d/s", d.Version, len(d.Instances), d.Max, d.Rate))
	}
	return list
}

// TestWhatDrains: the candidate after an abort, the version before after a
// promotion, each as the policy says, and nothing else.
func TestWhatDrains(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newFleet().start(t, memory(t), "edge-1", slices.Concat(instances("v1", 3), instances("v2", 1)))
		p.put(t, "web", short+"drain: {promote: {max: 30m, rate: 7/s}, abort: {rate: 9/s}}\n")
		wants := func(when string, want ...string) {
			t.Helper()
			synctest.Wait()
			if got := p.drains(); !slices.Equal(got, want) {
				t.Errorf("%s %q drain, want %q", when, got, want)
			}
		}
		p.at(t, rollout.Progressing, "canary 10% stable 90%")
		wants("under way")
		p.do(t, rollout.Command{Verb: rollout.Abort})
		p.at(t, rollout.Aborted, "canary 0% stable 100%")
		wants("after an abort", "v2 1 within 5s at 9/s")
		p.do(t, rollout.Command{Verb: rollout.Retry})
		p.at(t, rollout.Progressing, "canary 10% stable 90%")
		wants("begun again")
		p.at(t, rollout.Healthy, "retired 0% stable 100%")
		wants("after a promotion", "v1 3 within 30m0s at 7/s")
		p.source.Set(instances("v2", 4))
		time.Sleep(time.Minute)
		wants("without an instance", "v1 0 within 30m0s at 7/s")
		p.source.Set(slices.Concat(instances("v1", 2), instances("v2", 4)))
		time.Sleep(time.Minute)
		p.do(t, rollout.Command{Verb: rollout.Undo})
		time.Sleep(time.Second)
		if got := strings.Join(p.drains(), ", "); strings.Contains(got, "v1") {
			t.Errorf("while it comes back, %s drain", got)
		}
	})
}
