package cli

import (
	"cmp"
	"slices"
	"time"

	"weir/admin"
)

// view is what weir top shows.
type view struct {
	at    string // admin URL
	order string // one of orders
	lost  string // why nothing is heard of weir; empty: something is

	status   admin.Status
	rollouts []admin.RolloutSummary
	problems admin.ProblemsEvent

	window float64 // seconds that the sums below are of
	ended  bool    // the window ends with what comes next
	total  admin.TrafficRow
	rows   map[variantOf]admin.TrafficRow // sums over the window
}

// variantOf is a row's name.
type variantOf struct{ service, variant string }

// orders are what rows can be sorted by.
func orders() []string { return []string{"traffic", "errors", "latency", "name"} }

// nextOrder sorts by the next of them.
func (v *view) nextOrder() {
	list := orders()
	v.order = list[(slices.Index(list, v.order)+1)%len(list)]
}

// update takes over what is different of the rollouts.
func (v *view) update(e admin.RolloutsEvent) {
	v.rollouts = slices.DeleteFunc(v.rollouts, func(old admin.RolloutSummary) bool {
		other := func(r admin.RolloutSummary) bool { return r.Scope == old.Scope }
		return slices.Contains(e.Gone, old.Scope) || slices.ContainsFunc(e.Rollouts, other)
	})
	v.rollouts = append(v.rollouts, e.Rollouts...)
	slices.SortFunc(v.rollouts, func(a, b admin.RolloutSummary) int { return cmp.Compare(a.Scope, b.Scope) })
}

// add adds the traffic of a time to the window, or begins a new one with it.
func (v *view) add(t admin.TrafficEvent) {
	if v.rows == nil || v.ended {
		v.window, v.total, v.rows, v.ended = 0, admin.TrafficRow{}, map[variantOf]admin.TrafficRow{}, false
	}
	for name, row := range v.rows {
		row.Open = 0
		v.rows[name] = row
	}
	v.window += t.Seconds
	v.total = plus(v.total, t.Total, t.Seconds)
	for _, row := range t.Services {
		name := variantOf{row.Service, row.Variant}
		sum := plus(v.rows[name], row, t.Seconds)
		sum.Service, sum.Variant = row.Service, row.Variant
		v.rows[name] = sum
	}
}

// plus adds the figures of some seconds to sums; MeanSeconds is a sum, too, P99Seconds
// the largest, and Open what it is now.
func plus(sum, row admin.TrafficRow, seconds float64) admin.TrafficRow {
	sum.Requests += row.Requests * seconds
	sum.Errors += row.Errors * seconds
	sum.ClientErrors += row.ClientErrors * seconds
	sum.Connections += row.Connections * seconds
	sum.MeanSeconds += row.MeanSeconds * row.Requests * seconds
	sum.P99Seconds = max(sum.P99Seconds, row.P99Seconds)
	sum.Open = row.Open
	return sum
}

// each makes figures a second of sums.
func (v *view) each(sum admin.TrafficRow) admin.TrafficRow {
	if sum.Requests > 0 {
		sum.MeanSeconds /= sum.Requests
	}
	if v.window > 0 {
		sum.Requests, sum.Errors = sum.Requests/v.window, sum.Errors/v.window
		sum.ClientErrors, sum.Connections = sum.ClientErrors/v.window, sum.Connections/v.window
	}
	return sum
}

// sorted are the rows a second, in the order that is chosen.
func (v *view) sorted() []admin.TrafficRow {
	list := make([]admin.TrafficRow, 0, len(v.rows))
	for _, sum := range v.rows {
		list = append(list, v.each(sum))
	}
	by := map[string]func(admin.TrafficRow) float64{
		"traffic": func(r admin.TrafficRow) float64 { return r.Requests + r.Connections + float64(r.Open) },
		"errors":  func(r admin.TrafficRow) float64 { return r.Errors },
		"latency": func(r admin.TrafficRow) float64 { return r.MeanSeconds },
		"name":    func(admin.TrafficRow) float64 { return 0 },
	}[v.order]
	slices.SortFunc(list, func(a, b admin.TrafficRow) int {
		return cmp.Or(cmp.Compare(by(b), by(a)), cmp.Compare(a.Service, b.Service), cmp.Compare(a.Variant, b.Variant))
	})
	return list
}

// show draws on s each time that it is due, or that a key asks for it. The error is
// errEnough when a key has ended it, else that of what feeds the view.
func (v *view) show(changes <-chan func(*view), fed <-chan error, s *screen, every time.Duration) error {
	due := time.NewTicker(every)
	defer due.Stop()
	drawn := false
	for {
		fresh := false
		select {
		case err := <-fed:
			return err
		case change := <-changes:
			change(v)
			if drawn || v.window == 0 {
				continue
			}
		case key, ok := <-s.keys:
			switch {
			case !ok || key == 'q' || key == ctrlC:
				return errEnough
			case key == 's':
				v.nextOrder()
			}
		case <-due.C:
			fresh = true
		}
		drawn = true
		width, height := s.size()
		if err := s.draw(fit(v.lines(height, time.Now()), width, height)); err != nil {
			return err
		}
		v.ended = v.ended || fresh
	}
}
