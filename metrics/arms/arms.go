// Package arms is the data plane's part of rollouts: it says how routes draw for
// the clients of a rollout, and counts what became of each arm, for the verdict.
//
// Arms stands between the rollouts' controller and the publisher. To what the
// controller makes of the states it adds a route.Trial for each rollout that sets
// weights; the table hands that to the requests and connections it draws for, and
// these bring it back to the Observer when they have ended. So a unit is counted
// for the generation, the weight and the arm that it was drawn with, however long
// it lasted and whoever served it in the end.
package arms

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"weir/registry"
	"weir/rollout/controller"
	"weir/rollout/verdict"
	"weir/route"
)

// Rollouts is what Arms needs of a controller.Controller.
type Rollouts interface {
	registry.Rollouts
	// Get is what is known of a scope; false when that is nothing.
	Get(s route.Scope) (controller.Rollout, bool)
}

// Config is what Arms work with.
type Config struct {
	Proxy string // its name, unique in the fleet
	// Secret returns what the cookies of cohorts are signed with, the same on all
	// proxies and after a restart. It is asked for when a rollout needs it. An
	// error may come with a secret, which then counts.
	Secret func(context.Context) ([]byte, error)
	Log    *slog.Logger
}

// Arms draws and counts for all rollouts of one proxy. It is safe for concurrent
// use. Use New.
type Arms struct {
	// Rollouts is set before the first use and does not change.
	Rollouts

	conf  Config
	epoch uint64 // of the reports
	needs chan struct{}

	mu     sync.Mutex
	runs   map[route.Scope]*run
	secret []byte
	young  map[instance]time.Time // when instances of candidates came
	drains map[drained]time.Time  // since when versions drain
}

// New makes arms that have counted nothing.
func New(c Config) *Arms {
	return &Arms{conf: c, epoch: uint64(time.Now().UnixMilli()), needs: make(chan struct{}, 1),
		runs: map[route.Scope]*run{}, young: map[instance]time.Time{}}
}

// Run gets what cookies are signed with when that is needed, and looks after the
// breakers, until ctx ends. It returns the cause of that.
func (a *Arms) Run(ctx context.Context) error {
	var running sync.WaitGroup
	defer running.Wait()
	running.Go(func() { a.getSecrets(ctx) })
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case now := <-tick.C:
			for _, r := range a.all() {
				r.judge(now)
			}
		}
	}
}

// Report implements controller.Counters.
func (a *Arms) Report(rollout string) (verdict.Report, bool) {
	for _, r := range a.all() {
		if r.id == rollout {
			return r.report(), true
		}
	}
	return verdict.Report{}, false
}

func (a *Arms) all() (list []*run) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, r := range a.runs {
		list = append(list, r)
	}
	return list
}
