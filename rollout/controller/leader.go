package controller

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"weir/route"
	"weir/store"
)

// leader is what the holder of the lock knows. One goroutine owns it; tasks
// are its own.
type leader struct {
	*Controller
	guard   store.Guard
	scopes  map[route.Scope]*work
	proxies []Peer
	answers map[string]Answer     // of proxies, by name; those that did not answer are missing
	asked   uint64                // how often they were asked
	decided uint64                // sum of the generations of the scopes in the last round
	states  map[route.Scope]known // as the last round has found them
	tasks   *tasks
}

// compete waits for the lock, leads while it holds it, and returns then.
func (c *Controller) compete(ctx context.Context) error {
	err := c.conf.Store.Lock(ctx, lockKey, []byte(c.conf.Name), func(ctx context.Context, guard store.Guard) {
		c.conf.Log.Info("this proxy leads the rollouts")
		l := &leader{Controller: c, guard: guard, scopes: map[route.Scope]*work{}, tasks: newTasks(c.conf.Log)}
		l.lead(ctx)
		c.conf.Log.Info("this proxy does not lead the rollouts any more", "reason", context.Cause(ctx))
	})
	if errors.Is(err, store.ErrLockLost) {
		return nil // and again
	}
	return err
}

// soon is from a change of routing to the first question who follows it: proxies
// need a tenth of a second.
const soon = 250 * time.Millisecond

// lead looks at all scopes every few seconds, and at once when something has
// changed, until ctx ends. It asks the proxies every few seconds, and when routing
// has changed soon after it, and then less and less often.
func (l *leader) lead(ctx context.Context) {
	defer l.tasks.wait()
	defer l.view.setOthers(nil)
	defer l.closeRecordings(func(route.Scope) bool { return true })
	wait := l.conf.Every
	timer := time.NewTimer(wait)
	defer timer.Stop()
	l.ask(ctx)
	for {
		changed, published, done, news := l.view.change(), l.Publisher.Changed(), l.tasks.change(), l.news()
		l.round(ctx)
		if first := min(soon, l.conf.Every); l.hasDecided() && wait > first {
			wait = first
			timer.Reset(wait)
		}
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
			l.ask(ctx)
			wait = min(2*wait, l.conf.Every)
			timer.Reset(wait)
		case <-changed:
		case <-published:
		case <-done:
		case <-news:
		}
	}
}

// news is closed when Nomad tells something; nil where nobody asks it.
func (l *leader) news() <-chan struct{} {
	if l.conf.Nomad == nil {
		return nil
	}
	return l.conf.Nomad.Changed()
}

// round looks at every scope that has a state or a policy.
func (l *leader) round(ctx context.Context) {
	list, read := l.view.allPolicies()
	if !read || !l.view.isKnown() {
		return
	}
	instances, fresh := l.Publisher.Instances()
	byScope, _ := inForce(list, instances)
	states := l.view.all()
	all := newCensus(l.conf.TagPrefix, instances)
	scopes := slices.Collect(maps.Keys(states))
	for s := range byScope {
		if _, there := states[s]; !there {
			scopes = append(scopes, s)
		}
	}
	slices.SortFunc(scopes, servicesFirst)
	l.states = states
	unread := l.view.hasUnread()
	for _, s := range scopes {
		look := look{scope: s, known: states[s], fresh: fresh, census: all}
		if p := byScope[s]; p != nil {
			look.policy = &p.Policy
		} else if before := states[s].state.Policy; unread && before.Strategy != "" {
			look.policy = &before // it may be in a file that nobody could read yet
		}
		l.report(s, l.step(ctx, look))
	}
	gone := func(s route.Scope) bool { return !slices.Contains(scopes, s) }
	l.closeRecordings(gone)
	maps.DeleteFunc(l.scopes, func(s route.Scope, _ *work) bool { return gone(s) })
}

// hasDecided reports whether routing has changed since the last time.
func (l *leader) hasDecided() bool {
	before := l.decided
	l.decided = 0
	for _, w := range l.scopes {
		l.decided += w.state.Generation
	}
	return l.decided != before
}

// report logs why a scope cannot go on, once as long as it is the same.
func (l *leader) report(s route.Scope, err error) {
	w := l.scopes[s]
	why := ""
	if err != nil && !errors.Is(err, store.ErrLockLost) && !errors.Is(err, context.Canceled) {
		why = err.Error()
	}
	if why != "" && why != w.failed {
		l.conf.Log.Warn("a rollout cannot go on", "scope", s.String(), "error", why)
	}
	w.failed = why
}

// askTime bounds what a proxy may take to answer.
const askTime = 2 * time.Second

// ask asks every proxy how far it is.
func (l *leader) ask(ctx context.Context) {
	l.proxies = l.Fleet()
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	answers, errs := make([]Answer, len(l.proxies)), make([]error, len(l.proxies))
	var asking sync.WaitGroup
	places := make(chan struct{}, 64) // so many at once
	for i, p := range l.proxies {
		places <- struct{}{}
		asking.Go(func() {
			defer func() { <-places }()
			answers[i], errs[i] = l.askOne(ctx, p.Proxy)
		})
	}
	asking.Wait()
	l.answers = map[string]Answer{}
	for i, p := range l.proxies {
		l.roster.note(p.Name, errs[i])
		if errs[i] == nil {
			l.answers[p.Name] = answers[i]
		} else {
			l.conf.Log.Debug("a proxy does not answer", "proxy", p.Name, "error", errs[i])
		}
	}
	l.compareFiles()
	l.asked++
}

// askOne asks a proxy, which may be this one.
func (c *Controller) askOne(ctx context.Context, p Proxy) (Answer, error) {
	if p.Name == c.conf.Name {
		return c.Answer(), nil
	}
	if c.conf.Peers == nil {
		return Answer{}, errors.New("other proxies are not asked")
	}
	a, err := c.conf.Peers.Ask(ctx, p)
	if err == nil {
		err = a.check(p)
	}
	return a, err
}
