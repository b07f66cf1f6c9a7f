package tcp

import (
	"cmp"
	"time"
)

// Drain ends a connection on which the client has sent nothing that waits for
// an answer; others go on.
func (c *Conn) Drain() {
	c.mu.Lock()
	switch {
	case c.stage == stageHanded:
		c.handed.Drain()
	case c.stage == stageHeader && c.engine.Port == "" && len(c.held) == 0:
		c.end(errCut)
	case c.stage == stageHello:
		c.client.readable = true // what came since the last look counts
		if c.run(); c.stage == stageHello && len(c.held) == 0 {
			c.end(errCut)
		}
	}
	c.unlock()
}

// Close cuts the connection.
func (c *Conn) Close() error {
	c.mu.Lock()
	defer c.unlock()
	if c.stage == stageHanded {
		return c.handed.Close()
	}
	c.end(errCut)
	return nil
}

// idle is for how long nothing may move.
func (c *Conn) idle() time.Duration {
	if c.chosen == nil {
		return c.engine.Idle
	}
	return cmp.Or(c.chosen.Idle(), c.engine.Idle)
}

// Tick ends the connection when its hello takes too long or nothing has moved
// for the idle time.
func (c *Conn) Tick(now time.Time) {
	c.mu.Lock()
	defer c.unlock()
	switch c.stage {
	case stageHanded:
		c.handed.Tick(now)
	case stageHello:
		if now.Sub(c.session.Start) >= c.engine.hello() {
			c.refuse("hello")
		}
	case stageOpen, stageRelay:
		if moved := c.in.bytes + c.out.bytes + int64(len(c.held)); moved != c.moved || c.still.IsZero() {
			c.moved, c.still = moved, now
		} else if idle := c.idle(); idle > 0 && now.Sub(c.still) >= idle {
			c.end(errIdle)
		}
	}
}
