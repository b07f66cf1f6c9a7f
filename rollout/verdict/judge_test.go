package verdict

import (
	"testing"

	"weir/rollout/event"
	"weir/route"
)

// TestOutcomes is what an operator sees in each case.
func TestOutcomes(t *testing.T) {
	one := Arm{Tally: Tally{Units: 900, Bad: Counts{event.HTTPStatus: 30}}, Clients: map[event.Event][]uint32{event.HTTPStatus: {7}}}
	for _, c := range []struct {
		name              string
		weight            route.Weight
		candidate, stable Arm
		want              Outcome
		why               Reason
	}{
		{"ten times worse", 500, met5xx(900, 45), met5xx(18000, 90), Fail, Worse},
		{"ten times worse for one client", 500, one, met5xx(18000, 90), Inconclusive, FewBad},
		{"two bad events at 1 %", 100, met5xx(90, 2), met5xx(9000, 0), Inconclusive, FewBad},
		{"equal and early", 500, met5xx(900, 4), met5xx(18000, 90), Inconclusive, NeedsMore},
		{"equal and long", 500, met5xx(9000, 45), met5xx(180000, 900), Pass, GoodEnough},
		{"no errors at all", 500, met5xx(1100, 0), met5xx(20000, 0), Pass, GoodEnough},
		{"nobody came", 500, met5xx(0, 0), met5xx(18000, 0), Inconclusive, NoTraffic},
		{"both down", 500, met5xx(900, 300), met5xx(18000, 6000), Pause, BothBad},
		{"both down, the candidate more so", 500, met5xx(900, 900), met5xx(18000, 1000), Fail, Worse},
		{"the candidate repairs stable", 500, met5xx(2000, 0), met5xx(18000, 6000), Pass, GoodEnough},
		{"all traffic and nothing to compare", 10000, met5xx(900, 900), met5xx(0, 0), Pause, BothBad},
		{"all traffic and no errors", 10000, met5xx(1100, 0), met5xx(0, 0), Pass, GoodEnough},
	} {
		d := judged(t, oneEvent(), c.weight, c.candidate, c.stable).Decide()
		if d.Outcome != c.want || d.Reason != c.why {
			t.Errorf("%s: %s, %s (E %.3g), want %s, %s", c.name, d.Outcome, d.Reason, d.E, c.want, c.why)
		}
	}
}

// TestOneClientHidesNothing: what one client met alone is no verdict, nor does
// it keep the others' from being one.
func TestOneClientHidesNothing(t *testing.T) {
	arm := func(units, http, connect uint64) Arm {
		return Arm{Tally: Tally{Units: units, Bad: Counts{event.HTTPStatus: http, event.ConnectFail: connect}},
			Clients: map[event.Event][]uint32{event.HTTPStatus: {7}, event.ConnectFail: {8, 9}}}
	}
	for _, c := range []struct {
		name          string
		http, connect uint64
		want          Outcome
		leading       event.Event
	}{
		{"one client alone", 300, 0, Inconclusive, event.HTTPStatus},
		{"and one event of others", 300, 3, Inconclusive, event.HTTPStatus},
		{"and many of others", 300, 9, Fail, event.ConnectFail},
	} {
		d := judged(t, DefaultRules(), 500, arm(900, c.http, c.connect), arm(18000, 90, 20)).Decide()
		if d.Outcome != c.want || d.Leading != c.leading {
			t.Errorf("%s: %s by %s (E %.3g), want %s by %s", c.name, d.Outcome, d.Leading, d.E, c.want, c.leading)
		}
	}
}
