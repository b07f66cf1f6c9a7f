package controller_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"weir/internal/testenv"
	"weir/registry"
	"weir/rollout"
	"weir/rollout/controller"
	"weir/route"
	"weir/store"
	"weir/store/consulkv"
)

// within bounds what takes a moment on a real agent.
const within = 20 * time.Second

// quick is for tests with a real agent, which have no fake time.
func quick(c *controller.Config) { c.Every = 20 * time.Millisecond }

// byHand is a policy whose steps only a person ends.
var byHand = strings.NewReplacer("stabilise: 10s", "stabilise: 1ms", "{duration: 1m}", "{}", "100}", "100, ack_timeout: 100ms}").Replace(short)

func canary() []route.Instance { return slices.Concat(instances("v1", 3), instances("v2", 1)) }

func onConsul(t testing.TB, consul *testenv.Consul, addr string) store.Store {
	t.Helper()
	s, err := consulkv.Open(consulkv.Agent{Address: addr, Retry: 20 * time.Millisecond}, consul.Key("weir"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// leaderIn waits for somebody to lead who is not the one before.
func leaderIn(t *testing.T, s store.Store, before string) (name string) {
	t.Helper()
	testenv.Eventually(t, 25*time.Second, func() error {
		e, err := s.Get(t.Context(), "v1/leader")
		if name = string(e.Value); err != nil || name == before {
			return fmt.Errorf("%q leads (%v)", name, err)
		}
		return nil
	})
	return name
}

// waits waits until the rollout is in a step that only a person ends.
func (p *proxy) waits(t *testing.T, w route.Weight) rollout.State {
	t.Helper()
	return p.until(t, func(s rollout.State) bool {
		return s.Stage == rollout.Progressing && s.Weight == w && len(s.Holds) == 1 && s.Holds[0].Cause == rollout.ByStep
	})
}

func TestAnotherLeadsWhenTheLeaderStops(t *testing.T) {
	t.Parallel()
	consul, f := testenv.SharedConsul(t), newFleet()
	s := onConsul(t, consul, consul.Addr)
	proxies := map[string]*proxy{}
	var p *proxy // that does not lead
	for _, name := range []string{"edge-1", "edge-2", "edge-3"} {
		p = f.start(t, onConsul(t, consul, consul.Addr), name, canary(), quick)
		proxies[name] = p
	}
	p.put(t, "web", byHand)
	leader := leaderIn(t, s, "")
	for _, w := range []route.Weight{1000, 5000} {
		for name, other := range proxies {
			if name != leader {
				p = other
			}
		}
		p.waits(t, w)
		start := time.Now()
		proxies[leader].stop()
		delete(proxies, leader)
		leader = leaderIn(t, s, leader)
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("the next leader came after %v", took)
		}
		p.do(t, rollout.Command{Verb: rollout.Promote, By: "alice"})
	}
	p.until(t, func(s rollout.State) bool { return s.Stable.Key == "v2" && s.Stage == rollout.Healthy })
	checkRecords(t, p)
}

// observer reads and gives commands, and never leads.
func observer(t *testing.T, s store.Store) *controller.Controller {
	c := controller.New(controller.Config{Store: s, Name: "observer", Log: logger(t)})
	c.Publisher = registry.NewPublisher(registry.Config{})
	return c
}

// stored waits for a state in the store.
func stored(t *testing.T, s store.Store, reached func(rollout.State) bool) (now rollout.State) {
	t.Helper()
	testenv.Eventually(t, 25*time.Second, func() error {
		now = rollout.State{}
		e, err := s.Get(t.Context(), stateKey)
		if err == nil {
			err = json.Unmarshal(e.Value, &now)
		}
		if err != nil || !reached(now) {
			return fmt.Errorf("%s, step %d, weight %s, holds %+v (%v)", now.Phase, now.Step, now.Weight, now.Holds, err)
		}
		return nil
	})
	return now
}

// units waits until the evidence has more than so many units of the candidate.
func units(t *testing.T, c *controller.Controller, more uint64) (n uint64) {
	t.Helper()
	testenv.Eventually(t, within, func() error {
		_, e, err := c.Evidence(t.Context(), web)
		if err != nil {
			return err
		}
		n = 0
		for _, s := range e.Strata {
			n += s.Candidate.Units
		}
		if n <= more {
			return fmt.Errorf("%d units, want more than %d", n, more)
		}
		return nil
	})
	return n
}

// TestTheLeaderIsKilled at every step. Its process lets go of nothing. The first
// time Consul has to find out by itself; then the test tells it.
func TestTheLeaderIsKilled(t *testing.T) {
	t.Parallel()
	consul := testenv.SharedConsul(t)
	s := onConsul(t, consul, consul.Addr)
	o := observer(t, s)
	children := map[string]*testenv.Process{}
	for _, name := range []string{"child-1", "child-2"} {
		children[name] = startChild(t, consul, name)
	}
	if _, err := o.PutPolicy(t.Context(), "web", byHand, 0); err != nil {
		t.Fatal(err)
	}
	for i, w := range []route.Weight{1000, 5000} {
		before := stored(t, s, func(s rollout.State) bool { return s.Weight == w && s.Step == 2*i+1 && s.Since > 0 })
		counted := units(t, o, 0)
		leader := leaderIn(t, s, "")
		children[leader].Kill()
		killed := time.Now()
		if i > 0 {
			endSession(t, consul, "weir/v1/leader")
			endSession(t, consul, "weir/v1/proxies/"+leader)
		}
		leaderIn(t, s, leader)
		if took := time.Since(killed); took > 22*time.Second {
			t.Errorf("the next one leads after %v, want 21 s at most", took)
		}
		units(t, o, counted)
		next := fmt.Sprintf("child-%d", i+3)
		children[next] = startChild(t, consul, next)
		after, err := o.Command(t.Context(), web, rollout.Command{Verb: rollout.Promote, By: "alice"}, 0)
		if err != nil || after.ID != before.ID {
			t.Fatal(after, err)
		}
	}
	stored(t, s, func(s rollout.State) bool { return s.Stable.Key == "v2" })
	entries, _, err := o.Audit(t.Context(), web)
	if err != nil {
		t.Fatal(err)
	}
	if now, err := rollout.Replay(entries); err != nil || now.Stable.Key != "v2" {
		t.Errorf("the audit makes %+v (%v)", now, err)
	}
}

// endSession does at once what Consul does when a session is not renewed.
func endSession(t *testing.T, consul *testenv.Consul, key string) {
	t.Helper()
	client, err := consulkv.Agent{Address: consul.Addr}.Dial()
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	testenv.Eventually(t, within, func() error {
		pair, _, err := client.KV().Get(consul.Key(key), nil)
		if err != nil || pair == nil {
			return fmt.Errorf("%s: %v (%v)", key, pair, err)
		}
		_, err = client.Session().Destroy(pair.Session, nil)
		return err
	})
}

func hasHold(s rollout.State, c rollout.Cause) bool {
	return slices.ContainsFunc(s.Holds, func(h rollout.Hold) bool { return h.Cause == c })
}

// TestLeadersComeAndGo takes the lock away again and again while a rollout runs.
func TestLeadersComeAndGo(t *testing.T) {
	t.Parallel()
	consul, f := testenv.SharedConsul(t), newFleet()
	s := onConsul(t, consul, consul.Addr)
	var p *proxy
	for _, name := range []string{"edge-1", "edge-2", "edge-3"} {
		p = f.start(t, onConsul(t, consul, consul.Addr), name, canary(), quick)
	}
	p.put(t, "web", strings.NewReplacer("stabilise: 10s", "stabilise: 1ms", "duration: 1m", "duration: 2s").Replace(short))
	for range 4 {
		e, err := s.Get(t.Context(), "v1/leader")
		if errors.Is(err, store.ErrNotFound) {
			leaderIn(t, s, "")
			continue
		}
		if err := s.CompareAndDelete(t.Context(), "v1/leader", e.Index); err != nil {
			t.Fatal(err)
		}
		leaderIn(t, s, "")
	}
	p.until(t, func(s rollout.State) bool { return s.Stable.Key == "v2" && s.Stage == rollout.Healthy })
	checkRecords(t, p)
}

// TestAProxyWithoutConsulHoldsTheRollout: it serves by what it knew, cannot
// follow, and is named.
func TestAProxyWithoutConsulHoldsTheRollout(t *testing.T) {
	consul, f := testenv.SharedConsul(t), newFleet()
	s := onConsul(t, consul, consul.Addr)
	p := f.start(t, s, "edge-1", canary(), quick)
	p.put(t, "web", byHand)
	leaderIn(t, s, "")
	relay := testenv.NewRelay(t, consul)
	away := f.start(t, onConsul(t, consul, relay.Addr), "edge-2", canary(), quick)
	p.waits(t, 1000)
	testenv.Eventually(t, within, func() error {
		if list := p.Fleet(); len(list) != 2 || away.shares() != "canary 10% stable 90%" {
			return fmt.Errorf("%+v, %s", list, away.shares())
		}
		return nil
	})
	relay.Cut()
	endSession(t, consul, "weir/v1/proxies/edge-2") // as Consul does after a while
	p.do(t, rollout.Command{Verb: rollout.Promote, By: "alice"})
	now := p.until(t, func(s rollout.State) bool {
		return hasHold(s, rollout.ByAcks) && strings.Contains(s.Holds[0].Message, "edge-2")
	})
	stale, _ := away.Get(web)
	if away.shares() != "canary 10% stable 90%" || stale.Stale == "" || stale.Phase != rollout.Frozen || stale.Generation >= now.Generation {
		t.Errorf("the proxy that is away gives %s, at generation %d of %d, stale: %q", away.shares(), stale.Generation, now.Generation, stale.Stale)
	}
	relay.Mend()
	p.waits(t, 5000)
	testenv.Eventually(t, within, func() error {
		_, err := s.Get(t.Context(), "v1/proxies/edge-2")
		return err
	})
	relay.Cut()
	f.setCut("edge-2", true) // now it is gone for the leader, too
	endSession(t, consul, "weir/v1/proxies/edge-2")
	p.do(t, rollout.Command{Verb: rollout.Promote, By: "alice"})
	p.until(t, func(s rollout.State) bool {
		return s.Stage == rollout.Promoting && s.Weight == route.Full && !hasHold(s, rollout.ByAcks)
	})
}

// TestConsulComesBackEmpty: nobody takes that for the end of the rollouts.
func TestConsulComesBackEmpty(t *testing.T) {
	consul := testenv.StartConsul(t)
	s := onConsul(t, consul, consul.Addr)
	p := newFleet().start(t, s, "edge-1", canary(), quick)
	p.put(t, "web", byHand)
	before := p.waits(t, 1000)
	consul.Stop()
	consul.Restart()
	testenv.Eventually(t, within, func() error {
		if r, _ := p.Get(web); !strings.Contains(r.Problem, "was deleted") || p.shares() != "canary 10% stable 90%" {
			return fmt.Errorf("problem %q, %s", r.Problem, p.shares())
		}
		return nil
	})
	p.put(t, "web", byHand)
	after := p.do(t, rollout.Command{Verb: rollout.Promote, By: "alice"})
	if after.ID != before.ID || after.Generation <= before.Generation {
		t.Errorf("rollout %s at generation %d, was %s at %d", after.ID, after.Generation, before.ID, before.Generation)
	}
	p.waits(t, 5000)
}

// TestAStartWithoutConsulGoesByTheRunBefore, for instances and weights alike.
func TestAStartWithoutConsulGoesByTheRunBefore(t *testing.T) {
	consul, dir := testenv.SharedConsul(t), t.TempDir()
	keep := func(c *controller.Config) {
		c.File, c.Every, c.Timeout = filepath.Join(dir, "rollouts.json"), 20*time.Millisecond, 100*time.Millisecond
	}
	p := newFleet().start(t, onConsul(t, consul, consul.Addr), "edge-1", canary(), keep)
	p.put(t, "web", byHand)
	p.waits(t, 1000)
	p.stop()
	relay := testenv.NewRelay(t, consul)
	relay.Cut()
	s := onConsul(t, consul, relay.Addr)
	c := controller.New(controller.Config{Store: s, Name: "edge-1", Log: logger(t), File: filepath.Join(dir, "rollouts.json"), Timeout: 100 * time.Millisecond})
	c.Publisher = registry.NewPublisher(registry.Config{})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- c.Run(ctx) }()
	testenv.Eventually(t, within, func() error {
		if !c.Known() {
			return errors.New("nothing is known yet")
		}
		return nil
	})
	to := c.Steer(canary())
	if r, _ := c.Get(web); len(to.Intents) != 1 || to.Intents[0].Shares["canary"] != 1000 || to.Instances[3].Variant != "canary" || r.Stale == "" {
		t.Errorf("intents %+v, instances %+v, stale %q", to.Intents, to.Instances, r.Stale)
	}
	cancel()
	<-ended
}
