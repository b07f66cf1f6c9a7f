package metrics

import (
	"context"
	"time"

	"weir/route"
)

// sweepEvery is how often series of what has left the table are looked for.
const sweepEvery = time.Minute

// Run deletes the series of services and variants that have left the table,
// until ctx ends; it then returns nil. A series goes when it was missing at two
// looks in a row, so that its last counts are scraped first and a variant that
// is only replaced keeps them.
func (c *Collector) Run(ctx context.Context) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	missing := map[any]bool{}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			missing = c.sweep(c.live.Load(), missing)
		}
	}
}

// sweep deletes the series of what is not in table and was missing before, and
// returns what is missing now.
func (c *Collector) sweep(table *route.Table, before map[any]bool) (missing map[any]bool) {
	present := map[any]bool{part{"", ""}: true}
	for r, t := range table.Targets() {
		k := placeKeyOf(r, t, "")
		present[k.route()], present[k.targetID()] = true, true
		present[part{t.Service(), t.Variant()}] = true
		present[part{t.Service(), ""}] = true // of requests that found no target
	}
	missing = map[any]bool{}
	leaves := func(what any) bool {
		if !present[what] {
			missing[what] = true
		}
		return missing[what] && before[what]
	}
	gone := func(service, variant string) bool { return leaves(part{service, variant}) }
	c.requests.drop(gone)
	c.sessions.drop(gone)
	c.copies.drop(gone)
	c.places.drop(func(routeOrTarget string) bool { return leaves(routeOrTarget) })
	return missing
}
