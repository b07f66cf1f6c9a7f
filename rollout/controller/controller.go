package controller

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"time"

	"weir/rollout/policyfile"
	"weir/route"
	"weir/store"
)

// Config is what a Controller works with.
type Config struct {
	Store     store.Store
	Name      string // of this proxy, unique in the fleet and the same after a restart
	TagPrefix string // of route tags; empty is urlprefix-
	Log       *slog.Logger

	// PolicyFiles are files, and folders of files, with policies that count beside
	// those of the store.
	PolicyFiles []string

	// File keeps the last good states for the next start; empty: none. Timeout
	// is how long a start waits for the store before it goes by the file; 0: for
	// ever.
	File    string
	Timeout time.Duration
	// Emergencies is the file that keeps emergencies for the next start; empty:
	// none.
	Emergencies string
	// Recordings is the folder where the leader records what rollouts are judged
	// by; empty: nowhere.
	Recordings string

	Peers    Peers    // nil: the other proxies are not asked, and so have no generation
	Counters Counters // nil: nothing is counted here
	Nomad    Nomad    // nil: Nomad is not asked
	Gates    Gates    // nil: no gate answers
	Listener Listener // nil: nobody is told

	// Every is between two looks of the leader when nothing changes; 0 is 5 s.
	Every time.Duration
}

// Controller is the part of rollouts that one proxy has. Use New.
type Controller struct {
	// Publisher and Admin are set before Run and do not change. Admin is the
	// host:port at which other proxies reach the admin listener.
	Publisher Publisher
	Admin     string
	// Table tells of the table of this proxy; nil: others are not told.
	Table func() Table

	conf   Config
	view   *view
	roster *roster
	kept   *emergencyFile
	told   told
}

// New makes a controller. States that the run before has kept are read; a file
// that cannot be read is logged, and counts as none.
func New(c Config) *Controller {
	c.Every = cmp.Or(c.Every, 5*time.Second)
	states, err := load(c.File)
	if err != nil {
		c.Log.Error("the rollouts of the run before cannot be read", "error", err)
	}
	kept := &emergencyFile{path: c.Emergencies}
	local, err := kept.load()
	if err != nil {
		c.Log.Error("the emergencies of the run before cannot be read", "error", err)
	}
	v := newView(states, local)
	v.readFiles = len(c.PolicyFiles) == 0
	return &Controller{conf: c, view: v, roster: &roster{members: map[string]member{}}, kept: kept}
}

// Known implements registry.Rollouts.
func (c *Controller) Known() bool { return c.view.isKnown() }

// Changed implements registry.Rollouts. It is also closed when Problems or
// what the reads return may have changed.
func (c *Controller) Changed() <-chan struct{} { return c.view.change() }

// Problems lists documents and policies that have no effect.
func (c *Controller) Problems() []route.Problem { return c.view.problems() }

// Run follows the store, and takes part in leading once there is a policy or a
// state, until ctx ends. It returns the cause of that.
func (c *Controller) Run(ctx context.Context) error {
	var running sync.WaitGroup
	defer running.Wait()
	running.Go(func() { c.conf.Store.Watch(ctx, states, c.hearStates()) })
	running.Go(func() { c.conf.Store.Watch(ctx, policies, c.hearPolicies) })
	if len(c.conf.PolicyFiles) > 0 {
		running.Go(func() { policyfile.Source{Paths: c.conf.PolicyFiles}.Run(ctx, c.hearPolicyFiles) })
	}
	running.Go(func() { c.giveUpWaiting(ctx) })
	running.Go(func() { c.reconcile(ctx) })
	if c.conf.File != "" {
		running.Go(func() { c.keep(ctx) })
	}
	if c.await(ctx, func() bool { return !c.view.isIdle() }) {
		running.Go(func() { c.conf.Store.Watch(ctx, proxies, c.roster.hear) })
		running.Go(func() { c.conf.Store.Watch(ctx, lockKey, c.roster.lead) })
		running.Go(func() { c.repeat(ctx, "announce this proxy", c.announce) })
		running.Go(func() { c.repeat(ctx, "lead", c.compete) })
	}
	<-ctx.Done()
	return context.Cause(ctx)
}

func (c *Controller) hearPolicies(list []store.Entry, err error) {
	if err != nil {
		return // the states' watch tells of it
	}
	c.view.update(func() { c.view.stored, c.view.readStore = list, true; c.view.combine() })
}

// await returns when the view is as wanted, or false when ctx ends.
func (c *Controller) await(ctx context.Context, wanted func() bool) bool {
	for {
		changed := c.view.change()
		if wanted() {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-changed:
		}
	}
}

// giveUpWaiting goes by what the run before knew when the store does not answer
// in time.
func (c *Controller) giveUpWaiting(ctx context.Context) {
	if c.conf.Timeout <= 0 {
		return
	}
	timer := time.NewTimer(c.conf.Timeout)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
		if !c.view.isKnown() {
			c.conf.Log.Warn("no answer from the store: rollouts go by what the run before knew", "scopes", len(c.view.all()))
			c.view.update(func() { c.view.known = true })
		}
	}
}

// keep writes the last good states to the file, once a second at most.
func (c *Controller) keep(ctx context.Context) {
	var last []byte
	for failed := false; ; {
		changed := c.view.change()
		text, err := save(c.conf.File, c.view.all(), last)
		if err != nil && !failed {
			c.conf.Log.Error("rollouts cannot be kept for the next start", "error", err)
		}
		last, failed = text, err != nil
		if ctx.Err() != nil {
			return
		}
		select {
		case <-ctx.Done():
		case <-changed:
			pause(ctx, time.Second)
		}
	}
}

// repeat calls do again and again until ctx ends. It waits after an error, of
// which the first in a row is worth a line in the log.
func (c *Controller) repeat(ctx context.Context, what string, do func(context.Context) error) {
	for failed := false; ctx.Err() == nil; {
		err := do(ctx)
		if err != nil && ctx.Err() == nil {
			if !failed {
				c.conf.Log.Warn("cannot "+what, "error", err)
			}
			pause(ctx, time.Second)
		}
		failed = err != nil
	}
}

// pause returns after d or when ctx ends.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
