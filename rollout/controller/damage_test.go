package controller_test

import (
	"cmp"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"weir/rollout"
	"weir/rollout/controller"
	"weir/route"
	"weir/store"
)

const stateKey = "v1/rollouts/service/web/state"

// edit changes a state as somebody would who writes to the store by hand.
func edit(change func(*rollout.State)) func(string) string {
	return func(text string) string {
		var s rollout.State
		if err := json.Unmarshal([]byte(text), &s); err != nil {
			panic(err)
		}
		change(&s)
		out, err := json.Marshal(s)
		if err != nil {
			panic(err)
		}
		return string(out)
	}
}

// damages are what can happen to the document of a state, and what the problem
// then says.
var damages = map[string]struct {
	write func(string) string // nil: it is deleted
	want  string
}{
	"deleted":             {nil, "was deleted"},
	"cut off":             {func(text string) string { return text[:len(text)/2] }, "unexpected end of JSON"},
	"empty":               {func(string) string { return "" }, "unexpected end of JSON"},
	"of another schema":   {edit(func(s *rollout.State) { s.Schema = 7 }), "its schema is 7, want 1"},
	"of another scope":    {edit(func(s *rollout.State) { s.Scope.Name = "db" }), `it is about "service/db"`},
	"older":               {edit(func(s *rollout.State) { s.Serial, s.Generation = 1, 1 }), "it is older"},
	"another weight":      {edit(func(s *rollout.State) { s.Weight = 9000 }), "written by hand"},
	"weight and serial":   {edit(func(s *rollout.State) { s.Weight, s.Serial = 9000, s.Serial+1 }), "it routes otherwise and still has generation"},
	"more than all":       {edit(func(s *rollout.State) { s.Weight, s.Serial, s.Generation = 14000, s.Serial+1, s.Generation+1 }), "not between 0% and 100%"},
	"a step there is not": {edit(func(s *rollout.State) { s.Step, s.Serial = 99, s.Serial+1 }), "step 99 of 6"},
}

// damage replaces the document of the state of web.
func damage(t *testing.T, s store.Store, write func(string) string) {
	t.Helper()
	for {
		e, err := s.Get(t.Context(), stateKey)
		if err != nil {
			t.Fatal(err)
		}
		if write == nil {
			err = s.CompareAndDelete(t.Context(), stateKey, e.Index)
		} else {
			_, err = s.CompareAndSet(t.Context(), stateKey, []byte(write(string(e.Value))), e.Index)
		}
		if err == nil {
			return
		}
	}
}

// underWay starts a proxy with a rollout at 10 %.
func underWay(t *testing.T, s store.Store, change ...func(*controller.Config)) *proxy {
	p := newFleet().start(t, s, "edge-1", instances("v1", 3), change...)
	p.put(t, "web", short)
	p.at(t, rollout.Healthy, "stable 100%")
	p.source.Set(slices.Concat(instances("v1", 3), instances("v2", 1)))
	p.at(t, rollout.Progressing, "canary 10% stable 90%")
	return p
}

func TestADamagedStateChangesNothing(t *testing.T) {
	for name, c := range damages {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := memory(t)
				p := underWay(t, s)
				before, _ := p.Get(web)
				damage(t, s, c.write)
				time.Sleep(10 * time.Minute)
				now, _ := p.Get(web)
				if p.shares() != "canary 10% stable 90%" || now.Generation != before.Generation || !strings.Contains(now.Problem, c.want) {
					t.Errorf("%s at generation %d, was %d; problem %q, want %q", p.shares(), now.Generation, before.Generation, now.Problem, c.want)
				}
				found := slices.ContainsFunc(p.publisher.Problems(), func(p route.Problem) bool { return p.Service == "web" && p.Reason == now.Problem })
				if !found {
					t.Errorf("problems %+v", p.publisher.Problems())
				}
				if _, err := p.Restore(t.Context(), web); err != nil {
					t.Fatal(err)
				}
				p.at(t, rollout.Healthy, "retired 0% stable 100%") // it goes on
				if problems := p.publisher.Problems(); len(problems) != 0 {
					t.Errorf("problems %+v", problems)
				}
				checkRecords(t, p)
			})
		})
	}
}

func TestACommandWritesADamagedStateBack(t *testing.T) {
	for name, c := range damages {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := memory(t)
				p := underWay(t, s)
				p.stop()
				p = newFleet().start(t, s, "edge-1", slices.Concat(instances("v1", 3), instances("v2", 1)))
				p.at(t, rollout.Progressing, "canary 10% stable 90%")
				damage(t, s, c.write)
				synctest.Wait()
				p.do(t, rollout.Command{Verb: rollout.Abort, By: "alice"})
				p.at(t, rollout.Aborted, "canary 0% stable 100%")
				if now, _ := p.Get(web); now.Problem != "" {
					t.Errorf("problem %q", now.Problem)
				}
			})
		})
	}
}

// TestAStateWithoutAPolicyMayGo: its end changes no route. As long as weir sets
// the weights, the end of the state is an accident, also when the policies are
// gone with it.
func TestAStateWithoutAPolicyMayGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memory(t)
		p := underWay(t, s)
		removePolicy(t, p)
		p.at(t, rollout.Healthy, "v1 75% v2 25%") // the rollout ends by its own policy
		damage(t, s, nil)
		time.Sleep(time.Second)
		if r, there := p.Get(web); there || p.shares() != "v1 75% v2 25%" {
			t.Errorf("%+v, %s", r, p.shares())
		}
		if problems := p.publisher.Problems(); len(problems) != 0 {
			t.Errorf("problems %+v", problems)
		}
	})
}

func TestAnEmptyStoreEndsNoRollout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memory(t)
		p := underWay(t, s)
		removePolicy(t, p)
		damage(t, s, nil)
		time.Sleep(time.Hour)
		if r, _ := p.Get(web); p.shares() != "canary 10% stable 90%" || !strings.Contains(r.Problem, "was deleted") {
			t.Errorf("%s, problem %q", p.shares(), r.Problem)
		}
	})
}

func removePolicy(t *testing.T, p *proxy) {
	t.Helper()
	one, err := p.Policy(t.Context(), "web")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.DeletePolicy(t.Context(), "web", one.Index); err != nil {
		t.Fatal(err)
	}
}

func TestWhatTheRunBeforeKnewOutlivesADeletion(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := memory(t)
		keep := func(c *controller.Config) { c.File = filepath.Join(dir, "rollouts.json") }
		p := underWay(t, s, keep)
		time.Sleep(2 * time.Second)
		p.stop()
		damage(t, s, nil)
		p = newFleet().start(t, s, "edge-1", slices.Concat(instances("v1", 3), instances("v2", 1)), keep)
		time.Sleep(time.Minute)
		r, _ := p.Get(web)
		if p.shares() != "canary 10% stable 90%" || !strings.Contains(r.Problem, "was deleted") {
			t.Errorf("%s, problem %q", p.shares(), r.Problem)
		}
	})
}

// TestALostStateIsPutTogetherFromItsAudit when nobody remembers it.
func TestALostStateIsPutTogetherFromItsAudit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memory(t)
		p := underWay(t, s)
		before, _ := p.Get(web)
		p.stop()
		damage(t, s, nil)
		p = newFleet().start(t, s, "edge-1", canary())
		p.at(t, rollout.Progressing, "canary 10% stable 90%")
		if now, _ := p.Get(web); now.ID != before.ID || now.Generation != before.Generation {
			t.Errorf("rollout %s at generation %d, was %s at %d", now.ID, now.Generation, before.ID, before.Generation)
		}
		p.at(t, rollout.Healthy, "retired 0% stable 100%")
		checkRecords(t, p)
	})
}

// TestAnAuditThatMakesNoStateIsNoObstacle: the scope begins anew.
func TestAnAuditThatMakesNoStateIsNoObstacle(t *testing.T) {
	for name, serial := range map[string]string{"unreadable": "00000000000000000002", "with a gap": ""} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := memory(t)
				p := underWay(t, s)
				p.do(t, rollout.Command{Verb: rollout.Abort})
				p.at(t, rollout.Aborted, "canary 0% stable 100%")
				p.stop()
				damage(t, s, nil)
				key := "v1/audit/service/web/" + cmp.Or(serial, "00000000000000000001")
				e, err := s.Get(t.Context(), key)
				if err == nil {
					_, err = s.Commit(t.Context(), store.Write{Key: key, Index: e.Index, Value: []byte("x"), Delete: serial == ""})
				}
				if err != nil {
					t.Fatal(err)
				}
				p = newFleet().start(t, s, "edge-1", instances("v1", 3))
				p.at(t, rollout.Healthy, "stable 100%")
				p.source.Set(canary())
				p.at(t, rollout.Progressing, "canary 10% stable 90%")
				p.at(t, rollout.Healthy, "retired 0% stable 100%")
				checkRecords(t, p) // the record of the abort had the same number
			})
		})
	}
}

func TestAFileThatCannotBeUsedIsNone(t *testing.T) {
	for name, text := range map[string]string{"half": `{"format":1,"sta`, "later": `{"format":9}`} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "rollouts.json")
			if err := store.WriteFile(file, []byte(text)); err != nil {
				t.Fatal(err)
			}
			synctest.Test(t, func(t *testing.T) {
				p := underWay(t, memory(t), func(c *controller.Config) { c.File = file })
				p.stop()
			})
		})
	}
}
