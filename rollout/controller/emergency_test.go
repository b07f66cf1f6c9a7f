package controller_test

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"weir/internal/testenv"
	"weir/rollout"
	"weir/rollout/controller"
	"weir/route"
	"weir/store"
)

// emergencyAt starts proxies with a rollout at 10 %, and takes their store away.
func emergencyAt(t *testing.T, s store.Store, names ...string) (*fleet, *testenv.Outage, []*proxy) {
	t.Helper()
	f, o := newFleet(), testenv.NewOutage(s)
	var all []*proxy
	for _, name := range names {
		all = append(all, f.start(t, o, name, canary()))
	}
	all[0].put(t, "web", byHandSlowly)
	for _, p := range all {
		p.at(t, rollout.Progressing, "canary 10% stable 90%")
	}
	o.Cut()
	synctest.Wait()
	return f, o, all
}

// byHandSlowly has steps that only a person ends, and takes a version up as
// production does.
var byHandSlowly = strings.ReplaceAll(short, "{duration: 1m}", "{}")

// zero takes the traffic of the candidate away on one proxy.
func (p *proxy) zero(t *testing.T) error {
	t.Helper()
	e, err := p.Emergency(t.Context(), web, "alice", "it eats the orders")
	time.Sleep(time.Second) // changes are published in bursts
	if err == nil && (e.Candidate != "v2" || e.Weight != 1000 || e.By != "alice" || e.Volatile == "") {
		t.Errorf("emergency %+v", e)
	}
	return err
}

// TestAnEmergencyBecomesOneAbort: every proxy holds 0 by itself while the store
// is away, and then the fleet has one abort by that person.
func TestAnEmergencyBecomesOneAbort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, o, all := emergencyAt(t, memory(t), "edge-1", "edge-2", "edge-3")
		for i, p := range all {
			if err := p.zero(t); err != nil {
				t.Fatal(i, err)
			}
			if err := p.zero(t); err != nil {
				t.Error("again:", err)
			}
			p.showsEmergency(t)
		}
		time.Sleep(10 * time.Minute)
		o.Mend()
		for _, p := range all {
			now := p.at(t, rollout.Aborted, "canary 0% stable 100%")
			if r, _ := p.Get(web); r.Emergency != nil || len(p.Problems()) != 0 || r.Applied != now.Generation {
				t.Errorf("emergency %+v, problems %+v, follows %d of %d", r.Emergency, p.Problems(), r.Applied, now.Generation)
			}
		}
		entries, _, err := all[0].Audit(t.Context(), web)
		if err != nil {
			t.Fatal(err)
		}
		entries = slices.DeleteFunc(entries, func(e rollout.Entry) bool { return e.Command == nil })
		if len(entries) != 1 || entries[0].Command.Verb != rollout.Abort || entries[0].By != "alice" || entries[0].Command.Reason != "it eats the orders" {
			t.Errorf("commands %+v, want one abort by alice", entries)
		}
	})
}

// showsEmergency wants it to be in all that people look at.
func (p *proxy) showsEmergency(t *testing.T) {
	t.Helper()
	r, _ := p.Get(web)
	if p.shares() != "canary 0% stable 100%" || r.Emergency == nil || r.Phase != rollout.Frozen || r.Applied != 0 {
		t.Errorf("%s, %s, emergency %+v, follows %d", p.shares(), r.Phase, r.Emergency, r.Applied)
	}
	if !slices.ContainsFunc(p.publisher.Problems(), func(p route.Problem) bool {
		return p.Source == "emergency" && strings.Contains(p.Reason, "weight 0 for v2 on this proxy by alice") && strings.Contains(p.Reason, "not in the store yet: it eats the orders")
	}) {
		t.Errorf("problems %+v", p.publisher.Problems())
	}
}

// TestAnEmergencyIsForNothingElse: where the store can be written, or there is
// nothing to take away.
func TestAnEmergencyIsForNothingElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, o, all := emergencyAt(t, memory(t), "edge-1")
		p := all[0]
		o.Mend()
		synctest.Wait()
		var writable *controller.WritableError
		if err := p.zero(t); !errors.As(err, &writable) || !strings.Contains(err.Error(), "abort the rollout of service/web") {
			t.Errorf("while the store can be written: %v", err)
		}
		if p.shares() != "canary 10% stable 90%" {
			t.Error(p.shares())
		}
		p.do(t, rollout.Command{Verb: rollout.Abort})
		p.at(t, rollout.Aborted, "canary 0% stable 100%")
		o.Cut()
		var refused rollout.Refused
		if err := p.zero(t); !errors.As(err, &refused) {
			t.Errorf("after an abort: %v", err)
		}
		var unknown *controller.UnknownError
		if _, err := p.Emergency(t.Context(), route.Scope{Kind: "service", Name: "db"}, "", ""); !errors.As(err, &unknown) {
			t.Errorf("of what nobody knows: %v", err)
		}
	})
}

// TestAnEmergencyOutlivesARestart, and what follows it ends its file.
func TestAnEmergencyOutlivesARestart(t *testing.T) {
	dir := t.TempDir()
	keep := func(c *controller.Config) {
		c.File, c.Emergencies = filepath.Join(dir, "rollouts.json"), filepath.Join(dir, "emergencies.json")
	}
	synctest.Test(t, func(t *testing.T) {
		o := testenv.NewOutage(memory(t))
		p := newFleet().start(t, o, "edge-1", canary(), keep)
		p.put(t, "web", byHandSlowly)
		p.at(t, rollout.Progressing, "canary 10% stable 90%")
		time.Sleep(2 * time.Second) // for the file of states
		o.Cut()
		if e, err := p.Emergency(t.Context(), web, "alice", "it eats the orders"); err != nil || e.Volatile != "" {
			t.Fatal(e, err)
		}
		p.stop()
		p = newFleet().start(t, o, "edge-1", canary(), keep)
		time.Sleep(time.Minute)
		p.showsEmergency(t)
		o.Mend()
		p.at(t, rollout.Aborted, "canary 0% stable 100%")
		time.Sleep(2 * time.Second)
		p.stop()
		if left, err := filepath.Glob(filepath.Join(dir, "emerg*")); len(left) != 0 || err != nil {
			t.Errorf("%v is left, %v", left, err)
		}
	})
}

// TestAnEmergencyOfARolloutThatIsOverEnds, whatever became of it elsewhere: this
// proxy alone was cut off.
func TestAnEmergencyOfARolloutThatIsOverEnds(t *testing.T) {
	for name, meanwhile := range map[string]struct {
		do     rollout.Command
		shares string
	}{
		"aborted by somebody else": {rollout.Command{Verb: rollout.Abort, By: "bob"}, "canary 0% stable 100%"},
		"promoted to the end":      {rollout.Command{Verb: rollout.Promote, Full: true, By: "bob"}, "retired 0% stable 100%"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, f := memory(t), newFleet()
				o := testenv.NewOutage(s)
				cut, other := f.start(t, o, "edge-1", canary()), f.start(t, s, "edge-2", canary())
				other.put(t, "web", byHandSlowly)
				cut.at(t, rollout.Progressing, "canary 10% stable 90%")
				o.Cut()
				f.setCut("edge-1", true)
				if err := cut.zero(t); err != nil {
					t.Fatal(err)
				}
				time.Sleep(2 * time.Minute) // the fleet forgets the one that is cut off
				other.do(t, meanwhile.do)
				time.Sleep(2 * time.Minute)
				o.Mend()
				time.Sleep(time.Minute)
				r, _ := cut.Get(web)
				if cut.shares() != meanwhile.shares || r.Emergency != nil || r.UpdatedBy == "alice" {
					t.Errorf("%s, emergency %+v, by %s", cut.shares(), r.Emergency, r.UpdatedBy)
				}
			})
		})
	}
}

// TestAnEmergencyIsAboveAPersonsWeight for the service or for a route of it.
func TestAnEmergencyIsAboveAPersonsWeight(t *testing.T) {
	for _, scope := range []route.Scope{web, {Kind: "route", Name: "a.test/"}} {
		t.Run(scope.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := memory(t)
				o := testenv.NewOutage(s)
				p := newFleet().start(t, o, "edge-1", canary())
				p.put(t, "web", byHandSlowly)
				p.at(t, rollout.Progressing, "canary 10% stable 90%")
				if _, err := p.intents.Put(t.Context(), route.Intent{Scope: scope, Shares: map[string]route.Weight{"canary": 4000}, By: "bob"}, 0); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Minute)
				if p.shares() != "canary 40% stable 60%" {
					t.Fatal(p.shares())
				}
				o.Cut()
				if _, err := p.Emergency(t.Context(), web, "alice", ""); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Second)
				if p.shares() != "canary 0% stable 100%" {
					t.Error(p.shares())
				}
			})
		})
	}
}
