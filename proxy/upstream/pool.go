package upstream

import (
	"cmp"
	"context"
	"maps"
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
	MaxOpen     int           // connections to all targets above which none is kept when idle; zero means 50000
	IdleTimeout time.Duration // an idle connection is closed after this long; zero means 15 s, negative never
	MaxInFlight int           // connections in use at a time for one target; zero means no limit
	ALPN        []string      // offered to targets over TLS

	open    atomic.Int64                       // connections, in use and idle
	targets atomic.Pointer[map[string]*target] // by pool key; never changed but replaced
	mu      sync.Mutex                         // of who replaces
	closed  bool
}

// find returns what the pool knows of a pool key, nil for nothing. It is in the
// way of every request, so it writes to no memory that processors share.
func (p *Pool) find(key string) *target {
	return p.all()[key]
}

// Idle takes the idle connection to t that was used last, or returns nil. host
// is the one the client asked for.
func (p *Pool) Idle(t *route.Target, host []byte) *Conn {
	to := p.find(t.PoolKey())
	if to == nil {
		return nil
	}
	return to.take(name(t, host), p.MaxInFlight)
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
	p.open.Add(1)
	c := newConn(conn, to, string(name(t, host)))
	to.adopt(c)
	return c, nil
}

// Put gives back a connection whose exchange is complete on both sides. Where
// its target has too many idle ones the oldest of them makes room.
func (p *Pool) Put(c *Conn) {
	if !c.settle() || p.open.Load() > int64(cmp.Or(p.MaxOpen, 50000)) {
		p.Discard(c)
		return
	}
	p.cut(c.to.put(c, p.maxIdle()))
}

// Discard closes a connection that was taken and cannot be used again.
func (p *Pool) Discard(c *Conn) {
	p.open.Add(-1)
	c.Conn.Close()
	c.to.drop(c)
	c.to.release()
}

// InFlight is how many connections to t are in use.
func (p *Pool) InFlight(t *route.Target) int {
	if to := p.find(t.PoolKey()); to != nil {
		return to.inUse()
	}
	return 0
}

// CloseIdle closes the connections to t that are idle now.
func (p *Pool) CloseIdle(t *route.Target) {
	if to := p.find(t.PoolKey()); to != nil {
		p.cut(to.empty())
	}
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
	for _, to := range p.forget() {
		p.cut(to.tick(now, p.idleTimeout()))
	}
}

// forget drops the targets that nothing happens at and returns the others.
func (p *Pool) forget() map[string]*target {
	p.mu.Lock()
	defer p.mu.Unlock()
	kept := make(map[string]*target)
	all := p.all()
	for k, to := range all {
		if !to.retire() {
			kept[k] = to
		}
	}
	if len(kept) < len(all) {
		p.targets.Store(&kept)
	}
	return kept
}

// all are the targets known now.
func (p *Pool) all() map[string]*target {
	if m := p.targets.Load(); m != nil {
		return *m
	}
	return nil
}

func (p *Pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, to := range p.all() {
		p.cut(to.close())
	}
}

func (p *Pool) cut(conns []*Conn) {
	p.open.Add(-int64(len(conns)))
	for _, c := range conns {
		c.Conn.Close()
	}
}

// reserve counts one connection in use for the target of a pool key.
func (p *Pool) reserve(key string) (*target, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	to := p.find(key)
	if to == nil {
		to = &target{closed: p.closed}
		more := maps.Clone(p.all())
		if more == nil {
			more = make(map[string]*target)
		}
		more[key] = to
		p.targets.Store(&more)
	}
	if !to.reserve(p.MaxInFlight) {
		return nil, exchange.ErrInFlight
	}
	return to, nil
}

func (p *Pool) maxIdle() int { return cmp.Or(p.MaxIdle, 10000) }

func (p *Pool) idleTimeout() time.Duration {
	return cmp.Or(p.IdleTimeout, 15*time.Second)
}
