package consul

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"weir/store/consulkv"
)

// Registration says how this proxy stands in Consul's catalog.
type Registration struct {
	Agent   consulkv.Agent
	Name    string // of the service
	Address string // of the admin listener as others reach it; empty: that of the node
	Port    int
	Tags    []string

	Health             string // URL that the agent asks
	Interval, Timeout  time.Duration
	InsecureSkipVerify bool // the agent does not check the certificate of Health

	// Aliases are more names under which the proxy is registered, and a channel
	// that is closed when they may be others.
	Aliases func() (names []string, changed <-chan struct{})
	Log     *slog.Logger
}

// Times of the TTL check, which tells that the proxy lives: fabio's. A proxy
// that was killed is critical after alive, and gone after forgotten.
const (
	renewEvery = 5 * time.Second
	alive      = 15 * time.Second
	forgotten  = time.Minute
	callTime   = 5 * time.Second // that a call to the agent, or all at the end, may take; a round of calls twice that
)

// maxNames bounds under how many names the proxy is registered: an agent takes
// 200 connections of a client, and at the end each name has one.
const maxNames = 100

// Registrar keeps the proxy registered. Use NewRegistrar.
type Registrar struct {
	conf   Registration
	client *consulkv.Client
	host   string
	every  time.Duration
	known  map[string]bool // names that may be registered
	failed bool            // the last round
}

// NewRegistrar prepares a registrar; it does not connect yet.
func NewRegistrar(r Registration) (*Registrar, error) {
	client, err := r.Agent.Dial()
	if err != nil {
		return nil, err
	}
	host, err := os.Hostname()
	if err != nil {
		return nil, fmt.Errorf("the name of this machine, for the ID in Consul: %w", err)
	}
	return &Registrar{conf: r, client: client, host: host, every: renewEvery, known: map[string]bool{}}, nil
}

// Run registers the proxy, and again whenever Consul has lost it, until ctx
// ends. Then it deregisters it and returns the cause of the end.
func (r *Registrar) Run(ctx context.Context) error {
	defer r.client.Close()
	tick := time.NewTicker(r.every)
	defer tick.Stop()
	var names []string
	for due := true; ; {
		now, changed := r.conf.Aliases()
		if due || !slices.Equal(now, names) { // most changes are of other things
			names = now
			r.renew(ctx, append([]string{r.conf.Name}, names...))
		}
		select {
		case <-ctx.Done():
			r.leave(context.WithoutCancel(ctx))
			return context.Cause(ctx)
		case <-changed:
			due = false
		case <-tick.C:
			due = true
		}
	}
}

// renew brings the catalog to these names. The first round of several that fail
// is logged.
func (r *Registrar) renew(life context.Context, names []string) {
	ctx, cancel := context.WithTimeout(life, 2*callTime)
	defer cancel()
	var failure error
	note := func(err error) {
		if failure == nil {
			failure = err
		}
	}
	if len(names) > maxNames {
		note(fmt.Errorf("%d names are asked for, the first %d are registered", len(names), maxNames))
		names = names[:maxNames]
	}
	for _, name := range names {
		if r.known[name] && r.pass(ctx, name) == nil {
			continue
		}
		r.known[name] = true // Consul may do it although we do not hear of that
		note(r.register(ctx, name))
	}
	for name := range r.known {
		if !slices.Contains(names, name) {
			err := r.deregister(ctx, name)
			if note(err); err == nil {
				delete(r.known, name)
			}
		}
	}
	switch {
	case life.Err() != nil:
	case failure != nil && !r.failed:
		r.conf.Log.Warn("weir cannot register itself in Consul", "error", failure)
	case failure == nil && r.failed:
		r.conf.Log.Info("weir is registered in Consul again")
	}
	r.failed = failure != nil
}

// leave deregisters all names, together: an agent that takes long may do it after
// weir has gone. What cannot be done here Consul does by the TTL.
func (r *Registrar) leave(ctx context.Context) {
	var wg sync.WaitGroup
	defer wg.Wait()
	for name := range r.known {
		wg.Go(func() {
			if err := r.deregister(ctx, name); err != nil {
				r.conf.Log.Warn("weir cannot deregister itself from Consul", "service", name, "error", err)
			}
		})
	}
}
