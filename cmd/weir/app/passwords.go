package app

import (
	"context"
	"fmt"
	"sync"

	"weir/config"
	"weir/proxy/auth"
	"weir/proxy/exchange"
)

// passwords are the schemes of proxy.auth that were in use since the start. One
// that a reload takes out goes on following its file, for the connections that
// were accepted with it.
type passwords struct {
	mu      sync.Mutex
	made    map[config.AuthScheme]*auth.Basic
	changed chan struct{} // has one when there are new ones
}

func newPasswords() *passwords {
	return &passwords{made: map[config.AuthScheme]*auth.Basic{}, changed: make(chan struct{}, 1)}
}

// use reads the files of a's configuration and returns the schemes by name.
func (p *passwords) use(a *App) (map[string]exchange.Authorizer, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	byName := map[string]exchange.Authorizer{}
	for _, s := range a.Config.Auth {
		b := p.made[s]
		if b == nil {
			b = &auth.Basic{File: s.File, Realm: s.Realm, Refresh: s.Refresh, Log: a.Log}
		}
		if err := b.Load(); err != nil {
			return nil, fmt.Errorf("proxy.auth %s: %w", s.Name, err)
		}
		byName[s.Name], p.made[s] = b, b
	}
	select {
	case p.changed <- struct{}{}:
	default:
	}
	return byName, nil
}

// Run follows the files until ctx ends.
func (p *passwords) Run(ctx context.Context) error {
	var running sync.WaitGroup
	defer running.Wait()
	runs := map[*auth.Basic]bool{}
	for {
		p.mu.Lock()
		for _, b := range p.made {
			if !runs[b] {
				runs[b] = true
				running.Go(func() { _ = b.Run(ctx) }) // it ends with ctx only
			}
		}
		p.mu.Unlock()
		select {
		case <-ctx.Done():
			return nil
		case <-p.changed:
		}
	}
}
