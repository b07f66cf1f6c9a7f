package app

import (
	"weir/metrics/arms"
	"weir/proxy/exchange"
	"weir/route"
)

// mirror sends the copies of requests that rollouts ask for. They get at most half
// of what a target may have in flight: the rest is for clients.
func (a *App) mirror(p *parts) *exchange.Mirror {
	m := &exchange.Mirror{Observer: func(c *exchange.Copy) {
		p.observer.Copied(c)
		arms.Copied(c)
	}}
	if limit := a.Config.Proxy.Limits.InFlight; limit > 0 {
		m.Room = func(t *route.Target) bool { return p.inFlight(t) < (limit+1)/2 }
	}
	return m
}
