package arms

import (
	"time"

	"weir/route"
)

// drained names a version that drains.
type drained struct {
	scope   route.Scope
	version string
}

// begin says since when each version drains on this proxy. One that has stopped
// doing so begins anew the next time.
func (a *Arms) begin(drains []route.Drain, now time.Time) {
	next := map[drained]time.Time{}
	for i := range drains {
		d := &drains[i]
		name := drained{d.Scope, d.Version}
		since, known := a.drains[name]
		if !known {
			since = now
		}
		d.Since, next[name] = since, since
	}
	a.drains = next
}
