package arms

import (
	"math/rand/v2"
	"slices"
	"time"

	"weir/proxy/exchange"
	"weir/route"
)

// arrivals are when instances of candidates came. They are not changed.
type arrivals struct {
	at   map[instance]time.Time
	of   map[string][]time.Time // by service, ascending
	last time.Time              // of any
}

func newArrivals(at map[instance]time.Time) *arrivals {
	a := &arrivals{at: at, of: map[string][]time.Time{}}
	for name, came := range at {
		a.of[name.service] = append(a.of[name.service], came)
		if came.After(a.last) {
			a.last = came
		}
	}
	for _, list := range a.of {
		slices.SortFunc(list, time.Time.Compare)
	}
	return a
}

// since counts the instances of a service, and those that came after a time.
func (a *arrivals) since(service string, t time.Time) (late, all int) {
	list := a.of[service]
	at, _ := slices.BinarySearchFunc(list, t, func(came, t time.Time) int {
		if came.After(t) {
			return 1
		}
		return -1
	})
	return len(list) - at, len(list)
}

// isCold reports whether a unit is left out because the candidate's instances have
// just come. The candidate's is if it went to such an instance. Of stable's, and
// of those that found no instance, as large a part is left out by chance as the
// candidate has such instances: whatever is counted is split as the weight says,
// so that neither what an instance does at its start nor what happens meanwhile
// speaks for or against anybody.
func (r *run) isCold(d *exchange.Drawn, start time.Time, on *route.Route) bool {
	warmup := r.policy.Analysis.Warmup.Of()
	came := r.came.Load()
	if warmup <= 0 || start.Sub(came.last) >= warmup {
		return false
	}
	if d.Candidate && d.Target != nil {
		return start.Sub(came.at[instance{d.Target.Service(), d.Target.Instance()}]) < warmup
	}
	late, all := 0, 0
	count := func(service string) {
		l, n := came.since(service, start.Add(-warmup))
		late, all = late+l, all+n
	}
	if r.scope.Kind == "service" {
		count(r.scope.Name)
	} else if on != nil {
		for _, service := range on.Services() {
			count(service)
		}
	}
	return late > 0 && (late == all || rand.IntN(all) < late)
}
