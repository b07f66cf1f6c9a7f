package registry_test

import (
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"weir/intent"
	"weir/registry"
	"weir/route"
)

// steered stands for rollouts: instances named by it are canaries of web, which
// get a share.
type steered struct {
	mu      sync.Mutex
	known   bool
	changed chan struct{}
	canary  string
	share   route.Weight
	at      uint64
}

func (s *steered) set(canary string, share route.Weight, at uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known, s.canary, s.share, s.at = true, canary, share, at
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *steered) Known() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.known
}

func (s *steered) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

func (s *steered) Steer(all []route.Instance) route.Steering {
	s.mu.Lock()
	defer s.mu.Unlock()
	to := route.Steering{
		Generations: map[route.Scope]uint64{scopeWeb: s.at},
		Trials:      map[route.Scope]*route.Trial{scopeWeb: {Generation: s.at, Candidate: "canary"}},
		Intents:     []route.Intent{{Scope: scopeWeb, Shares: map[string]route.Weight{"canary": s.share}}},
		Problems:    []route.Problem{{Source: "rollout", Service: "web", Reason: "shown"}},
	}
	for _, in := range all {
		if in.Variant = "stable"; in.ID == s.canary {
			in.Variant = "canary"
		}
		to.Instances = append(to.Instances, in)
	}
	return to
}

var scopeWeb = route.Scope{Kind: "service", Name: "web"}

func TestRolloutsNameVariantsAndShares(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source, rollouts := newScript("one"), &steered{changed: make(chan struct{})}
		b := start(t, registry.Config{Sources: []registry.Source{source}, Rollouts: rollouts})
		source.say <- read(web("1", "10.0.0.1", ""), web("2", "10.0.0.2", ""))
		b.want(t)
		if b.isReady() {
			t.Error("it is ready before it is known what rollouts there are")
		}
		rollouts.set("2", 500, 7)
		b.want(t, "a.test/  web/canary  5%  10.0.0.2:80  variant=canary", "a.test/  web/stable  95%  10.0.0.1:80  variant=stable")
		if got := b.Generation(scopeWeb); got != 7 {
			t.Errorf("generation %d, want 7", got)
		}
		all, fresh := b.Instances()
		if len(all) != 2 || all[1].Variant != "" || !fresh {
			t.Errorf("instances %+v, fresh %t", all, fresh)
		}
		if p := b.Problems(); len(p) != 1 || p[0].Reason != "shown" {
			t.Errorf("problems %+v", p)
		}
		changed := b.Changed()
		rollouts.set("2", 500, 8) // the same again has another generation
		<-changed
		if got := b.Generation(scopeWeb); got != 8 {
			t.Errorf("generation %d, want 8", got)
		}
		time.Sleep(time.Second)
		rollouts.set("2", 0, 9)
		b.want(t, "a.test/  web/canary  0%  10.0.0.2:80  variant=canary", "a.test/  web/stable  100%  10.0.0.1:80  variant=stable")
		source.say <- registry.Snapshot{Err: errors.New("away")}
		synctest.Wait()
		if all, fresh := b.Instances(); len(all) != 2 || fresh {
			t.Errorf("%d instances, fresh %t while the source is away", len(all), fresh)
		}
	})
}

func TestAPersonsIntentBeatsTheRollouts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source, want := newScript("one"), wanted{make(chan []intent.Entry)}
		rollouts := &steered{changed: make(chan struct{})}
		b := start(t, registry.Config{Sources: []registry.Source{source}, Intents: want, Rollouts: rollouts})
		source.say <- read(web("1", "10.0.0.1", ""), web("2", "10.0.0.2", ""))
		rollouts.set("2", 500, 1)
		person := route.Intent{Scope: scopeWeb, Shares: map[string]route.Weight{"canary": 4000}}
		want.say <- []intent.Entry{{Intent: person, Index: 1}}
		b.want(t, "a.test/  web/canary  40%  10.0.0.2:80  variant=canary", "a.test/  web/stable  60%  10.0.0.1:80  variant=stable")
		if in, ok := b.Intended(scopeWeb); !ok || in.Shares["canary"] != 4000 || b.Generation(scopeWeb) != 1 {
			t.Errorf("intended %+v (%t), generation %d", in, ok, b.Generation(scopeWeb))
		}
		if trial, weight := b.live.Load().Routes()[0].Trial(); trial == nil || trial.Generation != 1 || weight != 4000 {
			t.Errorf("trial %+v at %s, want that of the rollout at the person's weight", trial, weight)
		}
		time.Sleep(time.Second)
		want.say <- []intent.Entry{}
		b.want(t, "a.test/  web/canary  5%  10.0.0.2:80  variant=canary", "a.test/  web/stable  95%  10.0.0.1:80  variant=stable")
	})
}

// TestNothingIsKnownOfInstancesAtFirst: that none is known does not say that
// there is none, whatever has come from elsewhere.
func TestNothingIsKnownOfInstancesAtFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source, rollouts := newScript("one"), &steered{changed: make(chan struct{})}
		b := start(t, registry.Config{Sources: []registry.Source{source}, Rollouts: rollouts})
		rollouts.set("2", 500, 7)
		synctest.Wait()
		if all, fresh := b.Instances(); len(all) > 0 || fresh {
			t.Errorf("instances %v, fresh %t, before the source has said anything", all, fresh)
		}
		source.say <- read()
		synctest.Wait()
		if _, fresh := b.Instances(); !fresh {
			t.Error("that there is none is not believed")
		}
	})
}
