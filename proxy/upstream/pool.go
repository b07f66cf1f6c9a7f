package upstream

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"weir/proxy/exchange"
	"weir/route"
)

// Pool keeps idle connections to targets for one protocol. It knows targets
// only by their pool key, so it outlives routing tables. Its fields are set
// before the first use. It is safe for concurrent use.
type Pool struct {
	Dialer      *Dialer
	MaxIdle     int           // idle connections kept for one target; zero means 10000, negative none
	MaxIdleAll  int           // idle connections kept for all targets; zero means 50000
	IdleTimeout time.Duration // an idle connection is closed after this long; zero means 15 s, negative never
	MaxInFlight int           // connections in use at a time for one target; zero means no limit
	ALPN        []string      // offered to targets over TLS

	mu      sync.RWMutex
	targets map[string]*target // by pool key
	closed  bool
	idle    atomic.Int64
}

// Idle takes the idle connection to t that was used last, or returns nil. host
// is the one the client asked for.
func (p *Pool) Idle(t *route.Target, host []byte) *Conn {
	p.mu.RLock()
	to := p.targets[t.PoolKey()]
	p.mu.RUnlock()
	if to == nil {
		return nil
	}
	c := to.take(name(t, host), p.MaxInFlight)
	if c != nil {
		p.idle.Add(-1)
	}
	return c
}

// Dial opens a connection to t, within limit where that is not 0. It fails with
// exchange.ErrInFlight when t has as many in use as it may.
func (p *Pool) Dial(ctx context.Context, t *route.Target, host []byte, limit time.Duration) (*Conn, error) {
	to, err := p.reserve(t.PoolKey())
	if err != nil {
		return nil, err
	}
	conn, err := p.Dialer.Dial(ctx, t, string(host), limit, p.ALPN...)
	if err != nil {
		to.release()
		return nil, err
	}
	c := newConn(conn, to, string(name(t, host)))
	to.adopt(c)
	return c, nil
}

// Put gives back a connection whose exchange is complete on both sides. Where
// its target has too many idle ones the oldest of them makes room.
func (p *Pool) Put(c *Conn) {
	if !c.settle() || p.idle.Load() >= int64(p.maxIdleAll()) {
		p.Discard(c)
		return
	}
	p.idle.Add(1)
	p.cut(c.to.put(c, p.maxIdle()))
}

// Discard closes a connection that was taken and cannot be used again.
func (p *Pool) Discard(c *Conn) {
	c.Conn.Close()
	c.to.drop(c)
	c.to.release()
}

// InFlight is how many connections to t are in use.
func (p *Pool) InFlight(t *route.Target) int {
	p.mu.RLock()
	to := p.targets[t.PoolKey()]
	p.mu.RUnlock()
	if to == nil {
		return 0
	}
	return to.inUse()
}

// Run closes what is idle for too long and interrupts waits that take too long
// until ctx ends. Then it closes all idle connections; those in use are closed
// when they are put back.
func (p *Pool) Run(ctx context.Context) error {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case now := <-ticker.C:
			p.Tick(now)
		case <-ctx.Done():
			p.close()
			return nil
		}
	}
}

// Tick is one round of Run.
func (p *Pool) Tick(now time.Time) {
	p.mu.Lock()
	var tick []*target
	for k, to := range p.targets {
		if to.retire() {
			delete(p.targets, k)
			continue
		}
		tick = append(tick, to)
	}
	p.mu.Unlock()
	for _, to := range tick {
		p.cut(to.tick(now, p.idleTimeout()))
	}
}

func (p *Pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, to := range p.targets {
		p.cut(to.close())
	}
}

func (p *Pool) cut(idle []*Conn) {
	p.idle.Add(-int64(len(idle)))
	for _, c := range idle {
		c.Conn.Close()
	}
}

// reserve counts one connection in use for the target of a pool key.
func (p *Pool) reserve(key string) (*target, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	to := p.targets[key]
	if to == nil {
		if p.targets == nil {
			p.targets = make(map[string]*target)
		}
		to = &target{closed: p.closed}
		p.targets[key] = to
	}
	if !to.reserve(p.MaxInFlight) {
		return nil, exchange.ErrInFlight
	}
	return to, nil
}

func (p *Pool) maxIdle() int {
	if p.MaxIdle == 0 {
		return 10000
	}
	return p.MaxIdle
}

func (p *Pool) maxIdleAll() int {
	if p.MaxIdleAll == 0 {
		return 50000
	}
	return p.MaxIdleAll
}

func (p *Pool) idleTimeout() time.Duration {
	if p.IdleTimeout == 0 {
		return 15 * time.Second
	}
	return p.IdleTimeout
}
