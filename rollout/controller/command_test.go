package controller_test

import (
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
	"weir/route"
)

func TestCommandsAreRefusedWithAReason(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := underWay(t, memory(t))
		_, err := p.Command(t.Context(), route.Scope{Kind: "service", Name: "db"}, rollout.Command{Verb: rollout.Abort}, 0)
		var unknown *controller.UnknownError
		if !errors.As(err, &unknown) || !strings.Contains(err.Error(), "service/db") {
			t.Errorf("error %v, want that nothing is known of the scope", err)
		}
		now, _ := p.Get(web)
		_, err = p.Command(t.Context(), web, rollout.Command{Verb: rollout.Abort}, now.Generation+1)
		var changed *controller.GenerationError
		if !errors.As(err, &changed) || changed.Current.Generation != now.Generation {
			t.Errorf("error %v, want that the state has changed", err)
		}
		_, err = p.Command(t.Context(), web, rollout.Command{Verb: rollout.Retry}, now.Generation)
		var refused rollout.Refused
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), "aborted") {
			t.Errorf("error %v, want that only an aborted rollout can be begun again", err)
		}
		after, err := p.Command(t.Context(), web, rollout.Command{Verb: rollout.Abort, By: "alice", Reason: "looks bad"}, now.Generation)
		if err != nil || after.Generation <= now.Generation || after.Stage != rollout.Aborting {
			t.Errorf("%+v, %v", after, err)
		}
		p.at(t, rollout.Aborted, "canary 0% stable 100%")
		records, _, err := p.History(t.Context(), web)
		if err != nil || len(records) != 1 || records[0].Outcome != rollout.Aborted || !strings.Contains(records[0].Message, "alice: looks bad") {
			t.Errorf("history %+v, %v", records, err)
		}
	})
}

// TestManyCommandsAtOnce gives commands from several proxies while the leader
// writes as fast as it can. Nothing is lost, and the audit makes the state.
func TestManyCommandsAtOnce(t *testing.T) {
	s, f := memory(t), newFleet()
	both := slices.Concat(instances("v1", 3), instances("v2", 1))
	fast := func(c *controller.Config) { c.Every = time.Millisecond }
	var proxies []*proxy
	for i := range 3 {
		proxies = append(proxies, f.start(t, s, fmt.Sprint("edge-", i), both, fast))
	}
	p := proxies[0]
	p.put(t, "web", strings.NewReplacer("stabilise: 10s", "stabilise: 1ms", "1m}", "1h}").Replace(short))
	p.until(t, func(s rollout.State) bool { return s.Stage == rollout.Progressing })
	var all sync.WaitGroup
	for i, p := range proxies {
		for range 4 {
			all.Go(func() {
				for j := range 10 {
					verb := []rollout.Verb{rollout.Pause, rollout.Resume, rollout.SetWeight, rollout.Release}[(i+j)%4]
					_, err := p.Command(t.Context(), web, rollout.Command{Verb: verb, By: p.Answer().Proxy, Weight: route.Weight(100 * (j + 1))}, 0)
					var refused rollout.Refused
					if err != nil && !errors.As(err, &refused) && !strings.Contains(err.Error(), "all the time") {
						t.Errorf("%s: %v", verb, err)
					}
				}
			})
		}
	}
	all.Wait()
	for {
		if _, err := p.Command(t.Context(), web, rollout.Command{Verb: rollout.Abort, By: "alice"}, 0); err == nil {
			break
		}
	}
	p.until(t, func(s rollout.State) bool { return s.Stage == rollout.Aborted })
	entries, _, err := p.Audit(t.Context(), web)
	if err != nil {
		t.Fatal(err)
	}
	replayed, err := rollout.Replay(entries)
	now, _ := p.Get(web)
	if err != nil || replayed.Serial != now.Serial || replayed.Generation != now.Generation || replayed.Stage != now.Stage || replayed.Weight != 0 {
		t.Errorf("the audit of %d entries makes %+v (%v), want %+v", len(entries), replayed, err, now.State)
	}
}

// TestAnIntentHoldsTheRollout: a weight that a person sets outside of the
// rollout counts, is shown as theirs, and ends with the intent.
func TestAnIntentHoldsTheRollout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := underWay(t, memory(t))
		e, err := p.intents.Put(t.Context(), route.Intent{
			Scope: web, Shares: map[string]route.Weight{"canary": 3000}, By: "bob", Reason: "a look", At: time.Now(),
		}, 0)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(30 * time.Minute)
		now, _ := p.Get(web)
		if p.shares() != "canary 30% stable 70%" || now.Phase != rollout.Overridden || now.Weight != 3000 || now.Override.By != "bob" || now.Intent == nil {
			t.Errorf("%s in %s with %s; override %+v, intent %v", p.shares(), now.Phase, now.Weight, now.Override, now.Intent)
		}
		if err := p.intents.Delete(t.Context(), web, e.Index); err != nil {
			t.Fatal(err)
		}
		p.at(t, rollout.Progressing, "canary 10% stable 90%")
		p.at(t, rollout.Healthy, "retired 0% stable 100%")
	})
}

// TestWhatAnIntentGivesTheCandidate in words that do not name it.
func TestWhatAnIntentGivesTheCandidate(t *testing.T) {
	for _, c := range []struct {
		shares map[string]route.Weight
		want   route.Weight
		table  string
	}{
		{map[string]route.Weight{"stable": 6000}, 4000, "canary 40% stable 60%"},
		{map[string]route.Weight{"stable": 10000}, 0, "canary 0% stable 100%"},
		{map[string]route.Weight{"canary": 0}, 0, "canary 0% stable 100%"},
	} {
		synctest.Test(t, func(t *testing.T) {
			p := underWay(t, memory(t))
			if _, err := p.intents.Put(t.Context(), route.Intent{Scope: web, Shares: c.shares, At: time.Now()}, 0); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Minute)
			if now, _ := p.Get(web); now.Override == nil || now.Override.Weight != c.want || p.shares() != c.table {
				t.Errorf("%v: override %+v, %s", c.shares, now.Override, p.shares())
			}
		})
	}
}

func TestAnIntentThatExpiresPausesTheRollout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := underWay(t, memory(t))
		if _, err := p.intents.Put(t.Context(), route.Intent{
			Scope: web, Shares: map[string]route.Weight{"canary": 3000}, By: "bob", At: time.Now(), Expires: time.Now().Add(10 * time.Minute),
		}, 0); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		now, _ := p.Get(web)
		if now.Phase != rollout.Paused || now.Override != nil || !slices.ContainsFunc(now.Holds, func(h rollout.Hold) bool { return h.Cause == rollout.ByExpiry }) {
			t.Errorf("%s in %s, override %+v, holds %+v", p.shares(), now.Phase, now.Override, now.Holds)
		}
		p.do(t, rollout.Command{Verb: rollout.Resume, By: "bob"})
		p.at(t, rollout.Healthy, "retired 0% stable 100%")
	})
}
