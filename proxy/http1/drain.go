package http1

import "weir/proxy/exchange"

// Look tells l of the request or tunnel that is under way, and ends it when l says
// so: where the answer has not begun the client gets one that says why. What has
// not ended by the next look is cut.
func (c *Conn) Look(l *exchange.Look) {
	if !c.phase.is(phaseExchange) && !c.phase.is(phaseTunnel) {
		return
	}
	stuck := false
	c.leave(func(x *exchange.Exchange) {
		if t, start := x.Bound(); t != nil && l.Bound(t, start) == exchange.Ends {
			stuck = !x.Evict()
		}
	})
	if stuck {
		c.Close()
	}
}
