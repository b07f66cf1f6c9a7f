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
	missing := map[part]bool{}
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
func (c *Collector) sweep(table *route.Table, before map[part]bool) (missing map[part]bool) {
	present := map[part]bool{{"", ""}: true}
	for _, t := range table.Targets() {
		present[part{t.Service(), t.Variant()}] = true
		present[part{t.Service(), ""}] = true // of requests that found no target
	}
	missing = map[part]bool{}
	gone := func(service, variant string) bool {
		p := part{service, variant}
		if !present[p] {
			missing[p] = true
		}
		return missing[p] && before[p]
	}
	c.requests.drop(gone)
	c.sessions.drop(gone)
	c.copies.drop(gone)
	return missing
}
