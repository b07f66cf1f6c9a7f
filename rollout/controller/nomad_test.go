package controller_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"weir/rollout"
	"weir/rollout/controller"
	"weir/rollout/detect"
	"weir/route"
)

// nomad is a Nomad with one job, web.
type nomad struct {
	mu       sync.Mutex
	versions map[string]uint64 // job version of each allocation
	promoted bool
	failing  bool     // calls fail
	calls    []string // in order
}

func (n *nomad) use(c *controller.Config) { c.Nomad = n }

func (n *nomad) set(allocation string, version uint64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.versions[allocation] = version
}

func named(version uint64) detect.Nomad {
	return detect.Nomad{Job: "web", Group: "web", JobVersion: version, Spec: fmt.Sprint("spec", version), Deployment: fmt.Sprint("d", version)}
}

// Allocations implements controller.Nomad.
func (n *nomad) Allocations(ids []string) map[string]detect.Allocation {
	n.mu.Lock()
	defer n.mu.Unlock()
	all := map[string]detect.Allocation{}
	for _, id := range ids {
		version, known := n.versions[id]
		if !known {
			continue
		}
		all[id] = detect.Allocation{Nomad: named(version), Canary: version > 1 && !n.promoted, Healthy: true}
	}
	return all
}

// Changed implements controller.Nomad.
func (n *nomad) Changed() <-chan struct{} { return nil }

// Deployments implements controller.Nomad.
func (n *nomad) Deployments(of detect.Nomad) (own, latest *rollout.Deployment) {
	n.mu.Lock()
	defer n.mu.Unlock()
	d := &rollout.Deployment{Nomad: named(of.JobVersion), Status: "running", CanariesWanted: 1, CanariesHealthy: 1, Promoted: n.promoted}
	if n.promoted {
		d.Status = "successful"
	}
	return d, d
}

func (n *nomad) call(what string, done func()) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.calls = append(n.calls, what)
	if n.failing {
		return errors.New("500: 0/1 healthy allocations")
	}
	done()
	return nil
}

// Promote implements controller.Nomad.
func (n *nomad) Promote(_ context.Context, of detect.Nomad) error {
	return n.call("promote "+of.Deployment, func() { n.promoted = true })
}

// Fail implements controller.Nomad.
func (n *nomad) Fail(_ context.Context, of detect.Nomad) error {
	return n.call("fail "+of.Deployment, func() {})
}

// Revert implements controller.Nomad.
func (n *nomad) Revert(_ context.Context, stable, candidate detect.Nomad) error {
	return n.call(fmt.Sprintf("revert %d to %d", candidate.JobVersion, stable.JobVersion), func() {})
}

func (n *nomad) called() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.calls)
}

// allocation is an instance of web as Nomad registers it.
func allocation(id string) route.Instance {
	return tagged("web", "_nomad-task-"+id+"-web-web-http", "urlprefix-a.test/")
}

// canaryInNomad is web with a canary that only its allocation tells apart.
func canaryInNomad() (*nomad, []route.Instance) {
	one, two := "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"
	all := []route.Instance{allocation(one), allocation(two)}
	all[1].Port++
	return &nomad{versions: map[string]uint64{one: 1, two: 2}}, all
}

func TestNomadIsAskedToPromoteAndItsAnswerIsShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, all := canaryInNomad()
		n.failing = true
		p := newFleet().start(t, memory(t), "edge-1", all, n.use)
		p.put(t, "web", short+"nomad: auto\n")
		now := p.at(t, rollout.Promoting, "canary 100% stable 0%")
		time.Sleep(time.Minute)
		now = p.do(t, rollout.Command{Verb: rollout.Pause}) // to read the newest
		if !slices.ContainsFunc(now.Holds, func(h rollout.Hold) bool { return strings.Contains(h.Message, "0/1 healthy allocations") }) {
			t.Errorf("holds %+v", now.Holds)
		}
		n.mu.Lock()
		n.failing = false
		n.mu.Unlock()
		p.do(t, rollout.Command{Verb: rollout.Resume})
		p.at(t, rollout.Healthy, "retired 0% stable 100%")
		calls := n.called()
		if len(calls) < 2 || slices.ContainsFunc(calls, func(c string) bool { return c != "promote d2" }) {
			t.Errorf("Nomad was asked to %q", calls)
		}
	})
}

func TestNomadIsAskedToFailWhatWasAborted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, all := canaryInNomad()
		p := newFleet().start(t, memory(t), "edge-1", all, n.use)
		p.put(t, "web", short+"nomad: auto\n")
		p.at(t, rollout.Progressing, "canary 10% stable 90%")
		p.do(t, rollout.Command{Verb: rollout.Abort})
		p.at(t, rollout.Aborted, "canary 0% stable 100%")
		time.Sleep(time.Minute)
		if calls := n.called(); len(calls) == 0 || calls[0] != "fail d2" {
			t.Errorf("Nomad was asked to %q", calls)
		}
	})
}

func TestNomadIsNotLookedAtWhereThePolicySaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, all := canaryInNomad()
		p := newFleet().start(t, memory(t), "edge-1", all, n.use)
		p.put(t, "web", short+"nomad: off\n")
		time.Sleep(time.Hour)
		if r, _ := p.Get(web); r.Candidate.Key != "" || len(n.called()) > 0 || p.shares() != "stable 100%" {
			t.Errorf("candidate %q, calls %q, %s", r.Candidate.Key, n.called(), p.shares())
		}
	})
}
