package verdict

import (
	"testing"

	"weir/rollout/event"
	"weir/route"
)

// oneEvent is the default rules with server errors only.
func oneEvent() Rules {
	r := DefaultRules()
	r.Events = []event.Event{event.HTTPStatus}
	return r
}

// begun makes evidence whose first step began with generation 1.
func begun(t testing.TB, r Rules, steps int) *Evidence {
	t.Helper()
	e, err := New(r, steps)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Begin(1); err != nil {
		t.Fatal(err)
	}
	return e
}

// met5xx is an arm of units of which bad were server errors of two clients.
func met5xx(units, bad uint64) Arm {
	return Arm{Tally: Tally{Units: units, Bad: Counts{event.HTTPStatus: bad}},
		Clients: map[event.Event][]uint32{event.HTTPStatus: {1, 2}}}
}

// report is the counters of one proxy with one generation.
func report(proxy string, generation uint64, weight route.Weight, candidate, stable Arm) Report {
	return Report{Proxy: proxy, Epoch: 1, Generations: []Generation{{generation, weight, candidate, stable}}}
}

// judged makes evidence of one step at one weight.
func judged(t testing.TB, r Rules, weight route.Weight, candidate, stable Arm) *Evidence {
	t.Helper()
	e := begun(t, r, 1)
	if problems := e.Add(report("edge-1", 1, weight, candidate, stable)); problems != nil {
		t.Fatal(problems)
	}
	return e
}
