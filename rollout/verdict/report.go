package verdict

import (
	"fmt"

	"weir/rollout/event"
	"weir/route"
)

// Limits of a report. A proxy that is beyond them is not counted.
const (
	MaxGenerations = 16      // pairs of generation and weight that a proxy reports at once
	MaxMarks       = 1 << 15 // clients that an arm of a generation names for one event
	maxCount       = 1 << 53 // of any counter, so that JSON and float64 hold it exactly
	maxName        = 255     // bytes of a proxy's name
)

// Report is what one proxy has counted for a rollout since it started. Counters
// only grow, so a lost or doubled report does no harm.
type Report struct {
	Proxy string `json:"proxy"` // its name, unique in the fleet
	// Epoch is greater after every start of the proxy, whose counters begin at
	// 0 then: the time of the start in milliseconds.
	Epoch       uint64       `json:"epoch"`
	Generations []Generation `json:"generations"` // ascending by generation and weight
}

// Generation is what a proxy counted while a generation was in force and drew
// with one weight. Where a cap changes the weight within a generation there is
// one for each weight; they leave the reports together. Units that were not
// drawn by weight (pinned by header, mirrored, of the isolated hostname, while
// the proxy's breaker was open) are not in it.
type Generation struct {
	Generation uint64       `json:"generation"`
	Weight     route.Weight `json:"weight"` // the candidate's share on this proxy, after all caps
	Candidate  Arm          `json:"candidate"`
	Stable     Arm          `json:"stable"`
}

// Counts is how many units met each event.
type Counts map[event.Event]uint64

// Tally is how many units there were and which bad events they met.
type Tally struct {
	Units uint64 `json:"units"`
	Bad   Counts `json:"bad"`
}

// Arm is what the units drawn for one of the two variants met.
type Arm struct {
	Tally
	// Clients are the marks of clients that met an event. With Clients as the
	// unit these are all that did, each once in a generation; with Requests
	// MinClients different ones are enough, of the candidate.
	Clients map[event.Event][]uint32 `json:"clients,omitempty"`
	// Visitors are the clients that came, with Clients as the unit.
	Visitors Sample `json:"visitors,omitzero"`
}

// check finds what is impossible.
func (g Generation) check(events []event.Event) error {
	if g.Weight < 0 || g.Weight > route.Full {
		return fmt.Errorf("weight is %d basis points, want 0 to 10000", int(g.Weight))
	}
	if err := g.Candidate.check(events); err != nil {
		return err
	}
	return g.Stable.check(events)
}

// check finds what is impossible about the counters for all of events.
func (a Arm) check(events []event.Event) error {
	if a.Units > maxCount {
		return fmt.Errorf("%d units are more than 2^53", a.Units)
	}
	for _, e := range events {
		switch bad, counted := a.Bad[e]; {
		case !counted:
			return fmt.Errorf("%s is not counted", e)
		case bad > a.Units:
			return fmt.Errorf("%d of %d units met %s", bad, a.Units, e)
		case len(a.Clients[e]) > MaxMarks:
			return fmt.Errorf("%d clients are named for %s, at most %d are taken", len(a.Clients[e]), e, MaxMarks)
		}
	}
	return nil
}

// isAs reports whether the counters are those that were seen. Then no client can
// have met its first bad event since.
func (a Arm) isAs(b Arm, events []event.Event) bool {
	for _, e := range events {
		if a.Bad[e] != b.Bad[e] {
			return false
		}
	}
	return a.Units == b.Units
}

// since is t less what was seen before. It reports which counter went back.
func (t Tally) since(before Tally, events []event.Event) (Tally, error) {
	if t.Units < before.Units {
		return Tally{}, fmt.Errorf("units went back from %d to %d within an epoch", before.Units, t.Units)
	}
	d := Tally{Units: t.Units - before.Units, Bad: Counts{}}
	for _, e := range events {
		if t.Bad[e] < before.Bad[e] {
			return Tally{}, fmt.Errorf("%s went back from %d to %d within an epoch", e, before.Bad[e], t.Bad[e])
		}
		if n := t.Bad[e] - before.Bad[e]; n > 0 {
			d.Bad[e] = n
		}
	}
	return d, nil
}

// add sums up.
func (t *Tally) add(d Tally) {
	t.Units += d.Units
	if t.Bad == nil {
		t.Bad = Counts{}
	}
	for e, n := range d.Bad {
		t.Bad[e] += n
	}
}
