package exchange

import (
	"errors"
	"maps"
	"sync/atomic"
	"time"

	"weir/route"
)

// ErrDrained says that something was ended because the version it was bound to
// gets no clients any more, and its time for that was over.
var ErrDrained = errors.New("the version is being taken out of service")

// Drains ends what clients have open with instances of versions that drain. It
// looks at all client connections now and then, tells each what to do, and counts;
// no request pays for that. Nothing that began after a drain is ended by it: who
// still gets to the version has asked for it by name.
//
// The fields are set before the first use. A nil *Drains drains nothing. Covers
// and Report are safe for concurrent use; one goroutine looks.
type Drains struct {
	Live      *route.Live
	CloseIdle func(*route.Target) // closes idle connections to a target; nil: nobody keeps any

	active atomic.Pointer[map[route.Name]*drain] // nil while nothing drains
	report atomic.Pointer[Report]

	// Of the goroutine that looks.
	table    *route.Table
	variants map[route.Name]string // of the instances in table
	parts    map[Part]int          // those in table, none of them counted
	targets  []*route.Target       // in table, that drain
	known    map[drainName]*drain
}

// Part names a variant of a service.
type Part struct{ Service, Variant string }

// Report is what the last look has found.
type Report struct {
	// Open is how many TCP sessions, tunnels and requests in flight are bound to
	// an instance, by the variant that it has now.
	Open     map[Part]int
	Draining []Draining // in the order of the table
}

// Draining is a drain that is not over.
type Draining struct {
	Scope   route.Scope
	Version string
	Left    int       // how many are still bound to the version
	Until   time.Time // when the last of them is ended
}

// Report tells what the last look has found. It must not be changed.
func (d *Drains) Report() Report {
	if d == nil {
		return Report{}
	}
	if r := d.report.Load(); r != nil {
		return *r
	}
	return Report{}
}

// Covers reports whether what began at start and is bound to t is to end. It
// takes no lock and allocates nothing.
func (d *Drains) Covers(t *route.Target, start time.Time) bool {
	if d == nil || t == nil {
		return false
	}
	active := d.active.Load()
	if active == nil {
		return false
	}
	dr := (*active)[t.Name()]
	return dr != nil && start.Before(dr.seen)
}

// follow takes over what the current table says.
func (d *Drains) follow() {
	table := d.Live.Load()
	if table == d.table {
		return
	}
	seen := time.Now() // whoever took the table before has begun earlier
	d.table, d.variants, d.parts = table, map[route.Name]string{}, map[Part]int{}
	for _, t := range table.Targets() {
		d.variants[t.Name()] = t.Variant()
		d.parts[Part{t.Service(), t.Variant()}] = 0
	}
	known := map[drainName]*drain{}
	for _, now := range table.Drains() {
		name := drainName{now.Scope, now.Version}
		dr := d.known[name]
		if dr == nil {
			dr = &drain{seen: seen, names: map[route.Name]bool{}}
		}
		dr.Drain = now
		d.gather(dr)
		known[name] = dr
	}
	d.known = known
	d.activate()
}

// gather brings the instances of a drain up to date. One that has left the table
// stays in it: what is bound to it is still open.
func (d *Drains) gather(dr *drain) {
	maps.DeleteFunc(dr.names, func(n route.Name, _ bool) bool { _, there := d.variants[n]; return there })
	for _, n := range dr.Instances {
		dr.names[n] = true
	}
}

// activate makes the drains that are not over the ones that count.
func (d *Drains) activate() {
	active := map[route.Name]*drain{}
	for _, dr := range d.known {
		if dr.over {
			continue
		}
		for n := range dr.names {
			if other := active[n]; other == nil || dr.Until().Before(other.Until()) {
				active[n] = dr
			}
		}
	}
	d.targets = nil
	if len(active) == 0 {
		d.active.Store(nil)
		return
	}
	d.active.Store(&active)
	for _, t := range d.table.Targets() {
		if active[t.Name()] != nil {
			d.targets = append(d.targets, t)
		}
	}
}
