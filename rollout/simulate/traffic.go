// Package simulate plays rollouts on traffic that is drawn by dice, with the
// same verdict, cohorts and state machine as a running weir, and tells how often
// they abort a good candidate and how soon a bad one. Other tools' rules look at
// the same draws.
//
// A run is a pure function of its case, its seed and its number: no clock, no
// I/O. The same seed gives the same numbers on every machine, however many CPUs
// share the work.
package simulate

import (
	"fmt"
	"time"
)

// Traffic is what the proxies of a fleet meet. Of requests or connections alike.
type Traffic struct {
	// Rate is how many requests a second the route gets, over all proxies and
	// both versions. Above 0, at most 1e5.
	Rate float64 `json:"rate"`
	// BadRate is the part of stable's requests that are bad events, on average.
	// 0 to 0.5.
	BadRate float64 `json:"bad_rate"`
	// Drift makes the bad rate of both versions wander with a memory of five
	// minutes. It is the standard deviation of its logarithm: with 0.7 one
	// minute in three is above twice or below half the average. 0 to 2.
	Drift float64 `json:"drift,omitempty"`
	// Outages is the part of all minutes in which something that both versions
	// share is broken: bad events are then OutageFactor times as frequent. 0 to 1.
	Outages float64 `json:"outages,omitempty"`
	// Proxies is the size of the fleet, 1 to 100.
	Proxies int `json:"proxies"`
	// Lagging is how many of them take over a new weight later, by Lag.
	Lagging int           `json:"lagging,omitempty"`
	Lag     time.Duration `json:"lag_ns,omitempty"`
	// Clients is how many clients share the requests by Zipf's law, each staying
	// with its version. 0: each request is drawn for itself. At most 1e5.
	Clients int `json:"clients,omitempty"`
	// Broken is the part of the clients whose every request is a bad event,
	// whatever the version, besides BadRate. 0 to 1.
	Broken float64 `json:"broken,omitempty"`
}

// OutageFactor is how many times as frequent bad events are in an outage.
const OutageFactor = 20

// Candidate is how the new version behaves.
type Candidate struct {
	// Risk is how many times as often as on stable its requests are bad events.
	// 1 is a good candidate. 0 to 1000.
	Risk float64 `json:"risk"`
	// From is how long after its first request Risk begins; before that it is 1.
	From time.Duration `json:"from_ns,omitempty"`
	// Misfits is the part of the clients whose every request is a bad event on
	// the candidate alone, from the begin. 0 to 1.
	Misfits float64 `json:"misfits,omitempty"`
}

// Check finds what is wrong; the error names the value and its range.
func (t Traffic) Check() error {
	for _, f := range []struct {
		name     string
		value    float64
		low, top float64
	}{
		{"rate", t.Rate, 1e-3, 1e5},
		{"bad rate", t.BadRate, 0, 0.5},
		{"drift", t.Drift, 0, 2},
		{"part of minutes with an outage", t.Outages, 0, 1},
		{"number of proxies", float64(t.Proxies), 1, 100},
		{"number of lagging proxies", float64(t.Lagging), 0, float64(t.Proxies)},
		{"lag in minutes", t.Lag.Minutes(), 0, 60},
		{"number of clients", float64(t.Clients), 0, 1e5},
		{"part of broken clients", t.Broken, 0, 1},
	} {
		if !(f.value >= f.low && f.value <= f.top) {
			return fmt.Errorf("%s is %v, want %v to %v", f.name, f.value, f.low, f.top)
		}
	}
	return nil
}

// Check finds what is wrong.
func (c Candidate) Check() error {
	if !(c.Risk >= 0 && c.Risk <= 1000) {
		return fmt.Errorf("risk is %v times, want 0 to 1000", c.Risk)
	}
	if c.From < 0 {
		return fmt.Errorf("risk begins after %v, want 0 or more", c.From)
	}
	if !(c.Misfits >= 0 && c.Misfits <= 1) {
		return fmt.Errorf("part of misfit clients is %v, want 0 to 1", c.Misfits)
	}
	return nil
}
