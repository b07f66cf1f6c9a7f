// Package verdict judges a candidate against stable by which of the two a bad
// event hit.
//
// The proxies themselves throw the dice: a unit (a request, a connection, or a
// client) goes to the candidate with a known probability w. If the versions are
// equally good, then of the bad events a share w is the candidate's, whatever
// the rate of bad events is and however it drifts, bursts, or is shared by both
// versions. Evidence counts bad events by step and weight and multiplies, event
// by event, how much better "the candidate's risk is r times stable's" explains
// where it hit than "at most 1+tolerance times" does. This product, averaged
// over sixteen r, all events of the catalogue that the policy names and all
// planned starts, is E. For a candidate that is no worse than tolerated E
// reaches 1/alpha with probability alpha at most, however often one looks
// (Ville's inequality): that is FAIL. Whether the candidate is good enough is
// another question with another test: PASS. Everything else is INCONCLUSIVE.
//
// Everything here is a pure value: no clock, no dice, no log, no I/O. Evidence
// keeps whole numbers only, so it is the same bit for bit on every machine; E is
// computed from them in a fixed order.
//
// D. Lindon, A. Malek: Anytime-valid inference for multinomial count data,
// NeurIPS 2022, arXiv 2011.03567.
package verdict

import (
	"fmt"
	"slices"

	"weir/rollout/event"
)

// Unit is what is drawn for a variant, and so what counts once.
type Unit string

const (
	// Requests fits where each request or connection is drawn for itself.
	Requests Unit = "request"
	// Clients fits where a client stays with its variant: its first bad event
	// of each kind counts, the later ones say nothing new.
	Clients Unit = "client"
)

// Limits of what a verdict asks for before it says FAIL, besides the evidence.
const (
	MinBad     = 3 // bad events of one kind on the candidate
	MinClients = 2 // different clients that met them
)

// MaxSteps is how many starts may be planned.
const MaxSteps = 64

// Rules is what a candidate is judged by. They are part of the evidence: the
// promise of alpha holds for one set of rules from begin to end.
type Rules struct {
	Events []event.Event `json:"events"`
	Unit   Unit          `json:"unit"`

	// Alpha bounds the probability that a good candidate fails in a whole
	// rollout. 0 < Alpha ≤ 0.5.
	Alpha float64 `json:"alpha"`
	// Beta bounds the probability that a bad candidate passes a step.
	// 0 < Beta ≤ 0.5.
	Beta float64 `json:"beta"`
	// Tolerance is by what part the candidate's risk may exceed stable's:
	// 0.25 allows a quarter more. 0 to 10.
	Tolerance float64 `json:"tolerance"`
	// Margin is by how much the rate of a candidate that passes may exceed
	// stable's, of all units: 0.005 is half a percent. 0 < Margin < 1.
	Margin float64 `json:"margin"`
	// BadRateMax is the rate of failures above which, on both versions, the
	// rollout pauses. 0 < BadRateMax ≤ 1; 1 is never.
	BadRateMax float64 `json:"bad_rate_max"`
}

// DefaultRules judges server errors and failed connections of requests.
func DefaultRules() Rules {
	return Rules{
		Events: []event.Event{event.HTTPStatus, event.ConnectFail}, Unit: Requests,
		Alpha: 0.01, Beta: 0.05, Tolerance: 0.25, Margin: 0.01, BadRateMax: 0.05,
	}
}

// Check finds what is wrong; the error names the field, its value and its range.
func (r Rules) Check() error {
	if len(r.Events) == 0 {
		return fmt.Errorf("rules name no bad events")
	}
	for i, e := range r.Events {
		switch f := e.Facts(); {
		case f.Kind == event.Shown:
			return fmt.Errorf("%s cannot be judged: it depends on clients, or happens before a version is chosen", f.Name)
		case slices.Contains(r.Events[:i], e):
			return fmt.Errorf("%s is named twice", f.Name)
		}
	}
	if r.Unit != Requests && r.Unit != Clients {
		return fmt.Errorf("unit is %q, want %q or %q", r.Unit, Requests, Clients)
	}
	for _, f := range []struct {
		name      string
		value     float64
		ok        bool
		condition string
	}{
		{"alpha", r.Alpha, r.Alpha >= 1e-9 && r.Alpha <= 0.5, "from 1e-9 to 0.5"},
		{"beta", r.Beta, r.Beta >= 1e-9 && r.Beta <= 0.5, "from 1e-9 to 0.5"},
		{"tolerance", r.Tolerance, r.Tolerance >= 0 && r.Tolerance <= 10, "from 0 to 10"},
		{"margin", r.Margin, r.Margin >= 1e-9 && r.Margin < 1, "from 1e-9 to below 1"},
		{"bad_rate_max", r.BadRateMax, r.BadRateMax > 0 && r.BadRateMax <= 1, "above 0 and at most 1"},
	} {
		if !f.ok {
			return fmt.Errorf("%s is %v, want %s", f.name, f.value, f.condition)
		}
	}
	return nil
}
