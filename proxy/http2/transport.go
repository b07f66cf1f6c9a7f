package http2

import (
	"context"
	"errors"
	"sync"
	"time"

	"weir/proxy/exchange"
	"weir/proxy/upstream"
	"weir/route"
)

// tries is how often a request that no target has acted on is sent.
const tries = 3

// Transport sends exchanges to targets that speak HTTP/2, over TLS for h2 and
// grpcs, with prior knowledge for h2c and grpc. A target gets one connection,
// and more only while all are full. The fields are set before the first use.
type Transport struct {
	Dialer *upstream.Dialer
	Limits exchange.Limits // of what targets send: HeaderBytes, HeaderFields, Header, Body, Tunnel
	// Response is how long a target may take for its final head after the last
	// byte of the request; 0 means no limit.
	Response    time.Duration
	IdleTimeout time.Duration // a connection without requests is closed after this long; zero means 90 s
	MaxConns    int           // to one target at a time; zero means 16
	MaxInFlight int           // requests to one target at a time; zero means no limit but that of MaxConns

	buffers  buffers
	calls    sync.Pool
	sessions sync.WaitGroup

	mu     sync.RWMutex
	groups map[key]*group
	closed bool
}

var _ exchange.Transport = (*Transport)(nil)

// RoundTrip makes one attempt. A target that says it has not acted on the
// request, or an idle connection that turns out dead, is tried again here.
func (t *Transport) RoundTrip(x *exchange.Exchange, to *route.Target) error {
	g, err := t.group(x, to)
	if err != nil {
		return &exchange.AttemptError{Kind: exchange.ConnectFailed, Target: to.Addr(), Err: err}
	}
	defer g.leave()
	for i := 1; ; i++ {
		c := t.call()
		err := c.attempt(x, to, g)
		again := err != nil && i < tries && c.again(x, err)
		t.calls.Put(c)
		if err == nil {
			return nil
		}
		if !again {
			return err
		}
	}
}

func (t *Transport) call() *call {
	if c, ok := t.calls.Get().(*call); ok {
		return c
	}
	return &call{}
}

// Run closes idle connections and applies the time limits until ctx ends. Then
// it cuts all connections and waits for their goroutines; let the servers drain first.
func (t *Transport) Run(ctx context.Context) error {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case now := <-ticker.C:
			t.Tick(now)
		case <-ctx.Done():
			t.close()
			return nil
		}
	}
}

// Tick is one round of Run.
func (t *Transport) Tick(now time.Time) {
	t.mu.Lock()
	var all []*group
	for k, g := range t.groups {
		if g.retire() {
			delete(t.groups, k)
			continue
		}
		all = append(all, g)
	}
	t.mu.Unlock()
	for _, g := range all {
		g.tick(now)
	}
}

func (t *Transport) close() {
	t.mu.Lock()
	t.closed = true
	for _, g := range t.groups {
		g.close()
	}
	t.mu.Unlock()
	t.sessions.Wait()
}

// key tells connections apart that must not be mixed up: the pool key leaves
// open the TLS name where it is the one that the client asked for.
type key struct{ target, name string }

var (
	errClosed  = errors.New("the transport is closed")
	errRetired = errors.New("the group is not used any more")
)

func (t *Transport) group(x *exchange.Exchange, to *route.Target) (*group, error) {
	k := key{target: to.PoolKey()}
	if to.ServerName() == "" && upstream.Secure(to.Scheme()) {
		k.name = upstream.ServerName(to, string(x.SendHost))
	}
	t.mu.RLock()
	g := t.groups[k]
	t.mu.RUnlock()
	if g != nil {
		if err := g.enter(); err != errRetired {
			return g, err
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return nil, errClosed
	}
	if g = t.groups[k]; g == nil {
		if !t.makeRoom(k.target) {
			return nil, exchange.ErrInFlight
		}
		g = &group{transport: t, name: k.name}
		g.changed.L = &g.mu
		if t.groups == nil {
			t.groups = make(map[key]*group)
		}
		t.groups[k] = g
	}
	return g, g.enter()
}

// maxNames is how many TLS names one target has connections for: clients invent them.
const maxNames = 64

// makeRoom ends an idle group of a target that has many; it reports false when
// none is idle. Called under mu.
func (t *Transport) makeRoom(target string) bool {
	names, idle := 0, key{}
	for k, g := range t.groups {
		if k.target == target {
			names++
			if g.inFlight() == 0 {
				idle = k
			}
		}
	}
	if names < maxNames {
		return true
	}
	if g := t.groups[idle]; g != nil {
		g.close()
		delete(t.groups, idle)
		return true
	}
	return false
}

// InFlight is how many requests to the target are under way.
func (t *Transport) InFlight(to *route.Target) int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	n := 0
	for k, g := range t.groups {
		if k.target == to.PoolKey() {
			n += g.inFlight()
		}
	}
	return n
}

func (t *Transport) idleTimeout() time.Duration {
	if t.IdleTimeout == 0 {
		return 90 * time.Second
	}
	return t.IdleTimeout
}

func (t *Transport) maxConns() int {
	if t.MaxConns == 0 {
		return 16
	}
	return t.MaxConns
}
