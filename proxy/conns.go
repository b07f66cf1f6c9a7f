package proxy

import (
	"context"
	"maps"
	"net/netip"
	"slices"
	"sync"
	"time"

	"weir/proxy/exchange"
)

// conns keeps count of the open client connections of a server.
type conns struct {
	mu     sync.Mutex
	open   map[exchange.Conn]struct{}
	byAddr map[netip.Addr]int
}

// group are the connections of one door. The fields are under conns.mu, but stop
// and ended, which do not change.
type group struct {
	open     map[exchange.Conn]struct{}
	admitted int
	draining bool
	cut      bool          // the time for draining is over
	stop     chan struct{} // closed when draining begins
	ended    chan struct{} // closed when draining and none is left
}

func newGroup() *group {
	return &group{open: map[exchange.Conn]struct{}{}, stop: make(chan struct{}), ended: make(chan struct{})}
}

// admit counts a connection in until leave, or says which limit is reached.
func (c *conns) admit(g *group, addr netip.Addr, perListener, perAddr int) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case g.draining:
		return "draining"
	case perListener > 0 && g.admitted >= perListener:
		return "listener full"
	case perAddr > 0 && c.byAddr[addr] >= perAddr:
		return "client address full"
	}
	if c.open == nil {
		c.open, c.byAddr = make(map[exchange.Conn]struct{}), make(map[netip.Addr]int)
	}
	g.admitted++
	c.byAddr[addr]++
	return ""
}

// rename counts an admitted connection for another address, whose it is, or says
// that there is no room for that.
func (c *conns) rename(from, to netip.Addr, perAddr int) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if perAddr > 0 && c.byAddr[to] >= perAddr {
		return "client address full"
	}
	c.byAddr[to]++
	c.forget(from)
	return ""
}

// forget counts a connection of addr out.
func (c *conns) forget(addr netip.Addr) {
	if c.byAddr[addr]--; c.byAddr[addr] == 0 {
		delete(c.byAddr, addr)
	}
}

// begin tracks an admitted connection, so that it hears of time and of draining.
func (c *conns) begin(g *group, conn exchange.Conn) {
	c.mu.Lock()
	c.open[conn], g.open[conn] = struct{}{}, struct{}{}
	draining, cut := g.draining, g.cut
	c.mu.Unlock()
	switch {
	case cut:
		conn.Close()
	case draining:
		conn.Drain()
	}
}

// leave counts a connection out that has ended.
func (c *conns) leave(g *group, addr netip.Addr, conn exchange.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forget(addr)
	delete(c.open, conn)
	delete(g.open, conn)
	if g.admitted--; g.admitted == 0 && g.draining {
		close(g.ended)
	}
}

// tick tells all connections the time once a second until ctx ends, and looks at
// what they have open, more often while some of it is being ended.
func (c *conns) tick(ctx context.Context, drains *exchange.Drains) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	look := time.NewTimer(0)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			c.each(func(conn exchange.Conn) { conn.Tick(now) })
		case now := <-look.C:
			look.Reset(c.look(drains, now))
		}
	}
}

// look looks at all connections once and says when to do so again.
func (c *conns) look(drains *exchange.Drains, now time.Time) (next time.Duration) {
	l := drains.Look(now)
	c.each(func(conn exchange.Conn) { conn.Look(l) })
	return l.End()
}

// each calls do for the connections open now, without holding the lock.
func (c *conns) each(do func(exchange.Conn)) { c.eachIn(&c.open, do) }

// eachIn calls do for the connections that are in a map now, which is under the
// lock.
func (c *conns) eachIn(open *map[exchange.Conn]struct{}, do func(exchange.Conn)) {
	c.mu.Lock()
	all := slices.Collect(maps.Keys(*open))
	c.mu.Unlock()
	for _, conn := range all {
		do(conn)
	}
}

// drain ends all connections of a door that is closed, the idle ones at once, the
// others when they are done or wait has passed, and returns when the last has
// ended.
func (c *conns) drain(g *group, wait time.Duration) {
	c.mu.Lock()
	g.draining = true
	close(g.stop)
	if g.admitted == 0 {
		close(g.ended)
	}
	c.mu.Unlock()
	c.eachIn(&g.open, exchange.Conn.Drain)
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-g.ended:
		return
	case <-timer.C:
	}
	c.mu.Lock()
	g.cut = true
	c.mu.Unlock()
	c.eachIn(&g.open, func(conn exchange.Conn) { conn.Close() })
	<-g.ended
}

// pause waits d and reports false when draining began meanwhile.
func (g *group) pause(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-g.stop:
		return false
	}
}
