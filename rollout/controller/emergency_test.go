package controller_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"weir/rollout"
	"weir/rollout/controller"
	"weir/route"
	"weir/store"
)

// errDown is what a store says that nobody reaches.
var errDown = errors.New("connection refused")

// outage is a store that may be away.
type outage struct {
	store.Store

	mu     sync.Mutex
	down   bool
	turned chan struct{} // closed and replaced when it goes or comes
}

func newOutage(s store.Store) *outage { return &outage{Store: s, turned: make(chan struct{})} }

func (o *outage) set(down bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.down = down
	close(o.turned)
	o.turned = make(chan struct{})
}

func (o *outage) now() (down bool, turned <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.down, o.turned
}

func (o *outage) err() error {
	if down, _ := o.now(); down {
		return errDown
	}
	return nil
}

func (o *outage) Get(ctx context.Context, key string) (store.Entry, error) {
	if err := o.err(); err != nil {
		return store.Entry{}, err
	}
	return o.Store.Get(ctx, key)
}

func (o *outage) List(ctx context.Context, prefix string) ([]store.Entry, error) {
	if err := o.err(); err != nil {
		return nil, err
	}
	return o.Store.List(ctx, prefix)
}

func (o *outage) CompareAndSet(ctx context.Context, key string, value []byte, index uint64) (store.Entry, error) {
	if err := o.err(); err != nil {
		return store.Entry{}, err
	}
	return o.Store.CompareAndSet(ctx, key, value, index)
}

func (o *outage) Commit(ctx context.Context, writes ...store.Write) ([]store.Entry, error) {
	if err := o.err(); err != nil {
		return nil, err
	}
	return o.Store.Commit(ctx, writes...)
}

func (o *outage) Lock(ctx context.Context, key string, value []byte, hold func(context.Context, store.Guard)) error {
	down, turned := o.now()
	if down {
		return errDown
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var waiting sync.WaitGroup
	defer waiting.Wait()
	done := make(chan struct{})
	defer close(done)
	waiting.Go(func() {
		select {
		case <-turned:
			cancel(store.ErrLockLost)
		case <-done:
		}
	})
	return o.Store.Lock(ctx, key, value, hold)
}

// Watch tells of the outage, and goes on after it.
func (o *outage) Watch(ctx context.Context, prefix string, each func([]store.Entry, error)) error {
	for ctx.Err() == nil {
		down, turned := o.now()
		one, cancel := context.WithCancel(ctx)
		var watching sync.WaitGroup
		if down {
			each(nil, errDown)
		} else {
			watching.Go(func() { o.Store.Watch(one, prefix, each) })
		}
		select {
		case <-ctx.Done():
		case <-turned:
		}
		cancel()
		watching.Wait()
	}
	return context.Cause(ctx)
}

// emergencyAt starts proxies with a rollout at 10 %, and takes their store away.
func emergencyAt(t *testing.T, s store.Store, names ...string) (*fleet, *outage, []*proxy) {
	t.Helper()
	f, o := newFleet(), newOutage(s)
	var all []*proxy
	for _, name := range names {
		all = append(all, f.start(t, o, name, canary()))
	}
	all[0].put(t, "web", byHandSlowly)
	for _, p := range all {
		p.at(t, rollout.Progressing, "canary 10% stable 90%")
	}
	o.set(true)
	synctest.Wait()
	return f, o, all
}

// byHandSlowly has steps that only a person ends, and takes a version up as
// production does.
var byHandSlowly = strings.ReplaceAll(short, "{duration: 1m}", "{}")

// zero takes the traffic of the candidate away on one proxy.
func (p *proxy) zero(t *testing.T) error {
	t.Helper()
	e, kept, err := p.Emergency(t.Context(), web, "alice", "it eats the orders")
	time.Sleep(time.Second) // changes are published in bursts
	if err == nil && (e.Candidate != "v2" || e.Weight != 1000 || e.By != "alice" || kept == nil) {
		t.Errorf("emergency %+v, kept %v", e, kept)
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
		o.set(false)
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
	if p.shares() != "canary 0% stable 100%" || r.Emergency == nil || r.Weight != 0 || r.Phase != rollout.Frozen || r.Applied != 0 {
		t.Errorf("%s, %s at %s, emergency %+v, follows %d", p.shares(), r.Phase, r.Weight, r.Emergency, r.Applied)
	}
	if !slices.ContainsFunc(p.publisher.Problems(), func(p route.Problem) bool {
		return p.Source == "emergency" && strings.Contains(p.Reason, "v2 has weight 0 on this proxy by alice") && strings.Contains(p.Reason, "not in the store yet: it eats the orders")
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
		o.set(false)
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
		o.set(true)
		var refused rollout.Refused
		if err := p.zero(t); !errors.As(err, &refused) {
			t.Errorf("after an abort: %v", err)
		}
		var unknown *controller.UnknownError
		if _, _, err := p.Emergency(t.Context(), route.Scope{Kind: "service", Name: "db"}, "", ""); !errors.As(err, &unknown) {
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
		o := newOutage(memory(t))
		p := newFleet().start(t, o, "edge-1", canary(), keep)
		p.put(t, "web", byHandSlowly)
		p.at(t, rollout.Progressing, "canary 10% stable 90%")
		time.Sleep(2 * time.Second) // for the file of states
		o.set(true)
		if _, kept, err := p.Emergency(t.Context(), web, "alice", "it eats the orders"); err != nil || kept != nil {
			t.Fatal(kept, err)
		}
		p.stop()
		p = newFleet().start(t, o, "edge-1", canary(), keep)
		time.Sleep(time.Minute)
		p.showsEmergency(t)
		o.set(false)
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
				o := newOutage(s)
				cut, other := f.start(t, o, "edge-1", canary()), f.start(t, s, "edge-2", canary())
				other.put(t, "web", byHandSlowly)
				cut.at(t, rollout.Progressing, "canary 10% stable 90%")
				o.set(true)
				f.setCut("edge-1", true)
				if err := cut.zero(t); err != nil {
					t.Fatal(err)
				}
				time.Sleep(2 * time.Minute) // the fleet forgets the one that is cut off
				other.do(t, meanwhile.do)
				time.Sleep(2 * time.Minute)
				o.set(false)
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
				o := newOutage(s)
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
				o.set(true)
				if _, _, err := p.Emergency(t.Context(), web, "alice", ""); err != nil {
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
