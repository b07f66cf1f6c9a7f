package tcp

import "weir/proxy/exchange"

// Look tells l of the session, and ends it when l says so.
func (c *Conn) Look(l *exchange.Look) {
	c.mu.Lock()
	defer c.unlock()
	switch {
	case c.stage == stageHanded:
		c.handed.Look(l)
	case c.stage == stageRelay, c.stage == stageOpen && c.connected:
		if l.Bound(c.chosen, c.session.Start) == exchange.Ends {
			c.end(exchange.ErrDrained)
		}
	}
}
