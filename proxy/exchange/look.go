package exchange

import (
	"maps"
	"time"

	"weir/route"
)

// lookEvery is between two looks while nothing is being ended.
const lookEvery = time.Second

// Fate is what becomes of something that is bound to a target.
type Fate int

// Fates.
const (
	Stays  Fate = iota
	Leaves      // its version drains: it may go on for a while
	Ends        // its time is over
)

// Look is one look at all client connections: each tells Bound, for everything
// that it has open with a target, what that is, and does what is said.
type Look struct {
	drains *Drains
	now    time.Time
	active map[route.Name]*drain
	open   map[Part]int
}

// Look begins a look. End must follow before the next one.
func (d *Drains) Look(now time.Time) *Look {
	d.follow()
	l := &Look{drains: d, now: now, open: maps.Clone(d.parts)}
	if active := d.active.Load(); active != nil {
		l.active = *active
	}
	for _, dr := range d.known {
		dr.begin(now)
	}
	if d.CloseIdle != nil {
		for _, t := range d.targets {
			d.CloseIdle(t)
		}
	}
	return l
}

// Bound counts something that is bound to t since start, and says what is to
// become of it.
func (l *Look) Bound(t *route.Target, start time.Time) Fate {
	name := t.Name()
	variant, there := l.drains.variants[name]
	if !there || name.Instance == "" {
		variant = t.Variant()
	}
	l.open[Part{name.Service, variant}]++
	if dr := l.active[name]; dr != nil && start.Before(dr.seen) {
		return dr.bound()
	}
	return Stays
}

// MayAsk reports whether a client that has something open with t may be asked
// now to begin nothing more on its connection, and counts that.
func (l *Look) MayAsk(t *route.Target) bool {
	dr := l.active[t.Name()]
	if dr == nil || dr.asks == 0 {
		return false
	}
	dr.asks--
	return true
}

// End ends the look and says after what time the next one is due at the latest.
func (l *Look) End() (next time.Duration) {
	d := l.drains
	report := &Report{Open: l.open}
	next = lookEvery
	ended := false
	for _, now := range d.table.Drains() {
		dr := d.known[drainName{now.Scope, now.Version}]
		if dr.over {
			continue
		}
		if dr.all == 0 && !l.now.Before(dr.Until()) {
			dr.over, ended = true, true
			continue
		}
		report.Draining = append(report.Draining, Draining{dr.Scope, dr.Version, dr.all, dr.Until()})
		next = min(next, dr.next(l.now))
	}
	if ended {
		d.activate()
	}
	d.report.Store(report)
	return next
}
