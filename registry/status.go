package registry

import (
	"slices"
	"time"

	"weir/route"
)

// Status says how it stands with the table and with what it is made of.
type Status struct {
	Ready      bool          // a complete table was published
	Generation uint64        // counts the tables that routed differently from the one before
	Published  time.Time     // when the current table was; zero: there is none
	BuildTime  time.Duration // of the current table
	Routes     int
	Sources    []SourceStatus // in the order of Config, then the store of intents
}

// SourceStatus says how it stands with one source, or with the store.
type SourceStatus struct {
	Name  string
	At    time.Time // of what is used; zero: it was never read
	Err   string    // why it cannot be read now; empty: it can
	Saved bool      // what is used is from the file of the run before
}

// Stale is how old what is used may be: 0 while the source can be read, and
// when it never was.
func (s SourceStatus) Stale(now time.Time) time.Duration {
	if s.Err == "" && !s.Saved || s.At.IsZero() {
		return 0
	}
	return now.Sub(s.At)
}

// view is what readers of a publisher see. It is never changed.
type view struct {
	ready      bool
	generation uint64
	published  time.Time
	buildTime  time.Duration
	routes     int
	text       string // of the table
	problems   []route.Problem
	page       string
	instances  []route.Instance // as the sources told them
	fresh      bool             // all sources can be read now
	status     []SourceStatus
}

// Status returns how it stands now. The caller owns it.
func (p *Publisher) Status() Status {
	v := p.view.Load()
	return Status{
		Ready: v.ready, Generation: v.generation, Published: v.published,
		BuildTime: v.buildTime, Routes: v.routes, Sources: slices.Clone(v.status),
	}
}

// Problems lists what in tags, commands and intents had not its full effect on
// the current table. The caller owns the list.
func (p *Publisher) Problems() []route.Problem { return slices.Clone(p.view.Load().problems) }

// NoRouteHTML is the page for requests without a route; empty: none.
func (p *Publisher) NoRouteHTML() string { return p.view.Load().page }
