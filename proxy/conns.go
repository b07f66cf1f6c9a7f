package proxy

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"weir/proxy/exchange"
)

// conns keeps count of the open client connections of a server.
type conns struct {
	mu         sync.Mutex
	open       map[exchange.Conn]struct{}
	byAddr     map[netip.Addr]int
	byListener map[*Listener]int
	draining   bool
	cut        bool          // the time for draining is over
	stop       chan struct{} // closed when draining begins
	wg         sync.WaitGroup
}

// admit counts a connection in until leave, or says which limit is reached.
func (c *conns) admit(l *Listener, addr netip.Addr, perListener, perAddr int) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.init()
	switch {
	case c.draining:
		return "draining"
	case perListener > 0 && c.byListener[l] >= perListener:
		return "listener full"
	case perAddr > 0 && c.byAddr[addr] >= perAddr:
		return "client address full"
	}
	c.wg.Add(1)
	c.byListener[l]++
	c.byAddr[addr]++
	return ""
}

func (c *conns) init() {
	if c.open == nil {
		c.open = make(map[exchange.Conn]struct{})
		c.byAddr = make(map[netip.Addr]int)
		c.byListener = make(map[*Listener]int)
		c.stop = make(chan struct{})
	}
}

// begin tracks an admitted connection, so that it hears of time and of draining.
func (c *conns) begin(conn exchange.Conn) {
	c.mu.Lock()
	c.open[conn] = struct{}{}
	draining, cut := c.draining, c.cut
	c.mu.Unlock()
	switch {
	case cut:
		conn.Close()
	case draining:
		conn.Drain()
	}
}

// leave counts a connection out that has ended.
func (c *conns) leave(l *Listener, addr netip.Addr, conn exchange.Conn) {
	c.mu.Lock()
	c.byListener[l]--
	if c.byAddr[addr]--; c.byAddr[addr] == 0 {
		delete(c.byAddr, addr)
	}
	delete(c.open, conn)
	c.mu.Unlock()
	c.wg.Done()
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
func (c *conns) each(do func(exchange.Conn)) {
	c.mu.Lock()
	all := make([]exchange.Conn, 0, len(c.open))
	for conn := range c.open {
		all = append(all, conn)
	}
	c.mu.Unlock()
	for _, conn := range all {
		do(conn)
	}
}

// drain ends all connections, the idle ones at once, the others when they are
// done or wait has passed, and returns when the last has ended.
func (c *conns) drain(wait time.Duration) {
	c.mu.Lock()
	c.init()
	c.draining = true
	close(c.stop)
	c.mu.Unlock()
	c.each(exchange.Conn.Drain)
	ended := make(chan struct{})
	go func() { c.wg.Wait(); close(ended) }()
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ended:
		return
	case <-timer.C:
	}
	c.mu.Lock()
	c.cut = true
	c.mu.Unlock()
	c.each(func(conn exchange.Conn) { conn.Close() })
	<-ended
}

// pause waits d and reports false when draining began meanwhile.
func (c *conns) pause(d time.Duration) bool {
	c.mu.Lock()
	c.init()
	stop := c.stop
	c.mu.Unlock()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-stop:
		return false
	}
}
