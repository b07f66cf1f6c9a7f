package arms

import (
	"context"
	"time"
)

// want asks for the secret.
func (a *Arms) want() {
	select {
	case a.needs <- struct{}{}:
	default: // it is asked for already
	}
}

// getSecrets gets the secret when a rollout needs it, until ctx ends. As long as
// there is none, clients that would be known by a cookie are drawn for anew with
// each request, and not counted.
func (a *Arms) getSecrets(ctx context.Context) {
	for failed := false; ; {
		select {
		case <-ctx.Done():
			return
		case <-a.needs:
		}
		secret, err := a.conf.Secret(ctx)
		if err != nil && !failed && ctx.Err() == nil {
			a.conf.Log.Warn("the secret for cookies", "error", err, "known", secret != nil)
		}
		if failed = err != nil; secret != nil {
			a.learn(secret)
			continue
		}
		pause(ctx, time.Second)
		a.want()
	}
}

// learn keeps the secret and gives it to the runs.
func (a *Arms) learn(secret []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.secret = secret
	for _, r := range a.runs {
		if err := r.complete(secret); err != nil {
			a.conf.Log.Warn("no cohorts", "rollout", r.id, "error", err)
		}
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
