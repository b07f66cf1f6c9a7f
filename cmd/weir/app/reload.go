package app

import (
	"context"
	"sync"
	"time"

	"weir/config"
)

// Reread reads the configuration again for a process that runs with old.
type Reread func(ctx context.Context, old *config.Config) (*config.Config, config.Changes, []config.Problem, error)

// reload reads the configuration again and takes what can change. When any of it
// is bad nothing changes.
func (a *App) reload(ctx context.Context, p *parts) {
	conf, changes, warnings, err := a.Reread(ctx, p.config(a))
	for _, w := range warnings {
		a.Log.Warn("configuration", "warning", w.String())
	}
	if err == nil {
		err = a.reopen(ctx, p, conf)
	}
	p.reloads.note(err)
	if err != nil {
		a.Log.Error("the configuration was not taken, all stays as it was", "error", err)
		return
	}
	a.Log.Info("the configuration was read again", "changed", changes.Now)
	if len(changes.Start) > 0 {
		a.Log.Warn("these keys keep their old values until the next start", "keys", changes.Start)
	}
}

// reloads remember how the last one went.
type reloads struct {
	mu     sync.Mutex
	at     time.Time // zero: there was none
	failed error     // why it was refused
}

func (r *reloads) note(failed error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.at, r.failed = time.Now(), failed
}

// last says when it was, and why it was refused.
func (r *reloads) last() (at time.Time, failed error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.at, r.failed
}
