package route

import "time"

// Name names an instance as targets do.
type Name struct{ Service, Instance string }

// Name names the instance of t; its Instance is empty on a target that a command
// made.
func (t *Target) Name() Name { return Name{t.service, t.instance} }

// Drain says that what clients have open with the instances of a version is to
// end, because that version gets no new clients any more.
type Drain struct {
	Scope     Scope
	Version   string        // its key; with Scope it names the drain
	Instances []Name        // those registered now; not to be changed
	Since     time.Time     // when this proxy learned of it
	Max       time.Duration // from then on until the last is ended
	Rate      int           // how many are ended in a second, more only where Max needs it
}

// Until is when the last of what drains is ended.
func (d *Drain) Until() time.Time { return d.Since.Add(d.Max) }

// Drains are those that hold together with t: whoever looks its target up in t
// is led to no draining one by weight. They must not be changed.
func (t *Table) Drains() []Drain { return t.drains }
