package admin

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"weir/metrics"
	"weir/proxy/exchange"
)

// Pace of the event stream: tables at most each beat, all else each fourth.
const (
	beat     = 250 * time.Millisecond
	beats    = 4
	idle     = time.Minute // after which nobody's absence is noted
	maxShown = 200         // problems, or rows of traffic, in one event
)

// TableEvent tells of another table.
type TableEvent struct {
	Generation uint64    `json:"generation"`
	Published  time.Time `json:"published"`
	Routes     int       `json:"routes"`
	Problems   int       `json:"problems"`
}

// RolloutsEvent tells of rollouts that are not as they were.
type RolloutsEvent struct {
	Rollouts []RolloutSummary `json:"rollouts" nullable:"false" doc:"Those that are different"`
	Gone     []string         `json:"gone" nullable:"false" doc:"Scopes of which nothing is known any more"`
}

// ProblemsEvent tells that the list of problems is another.
type ProblemsEvent struct {
	Total    int       `json:"total"`
	Problems []Problem `json:"problems" nullable:"false" doc:"The first 200"`
}

// TrafficEvent tells what this proxy was asked in about a second.
type TrafficEvent struct {
	At       time.Time    `json:"at"`
	Seconds  float64      `json:"seconds" doc:"That the counts are of; all figures are a second each"`
	Total    TrafficRow   `json:"total" doc:"Of all services, also where no route was found"`
	Services []TrafficRow `json:"services" nullable:"false" doc:"The 200 busiest; who had nothing, and has nothing open, is left out"`
}

// TrafficRow is the traffic of a service's variant. Rates are a second each.
type TrafficRow struct {
	Service      string  `json:"service,omitempty" doc:"Absent: requests without a route"`
	Variant      string  `json:"variant,omitempty"`
	Requests     float64 `json:"requests"`
	Errors       float64 `json:"errors" doc:"Answers with 5xx"`
	ClientErrors float64 `json:"client_errors" doc:"Answers with 4xx"`
	MeanSeconds  float64 `json:"mean_seconds" doc:"Mean duration of a request"`
	P50Seconds   float64 `json:"p50_seconds,omitempty" doc:"Half of the requests took no longer; exact to about a tenth, as the next two; absent where it is not known, and in the total"`
	P95Seconds   float64 `json:"p95_seconds,omitempty" doc:"95 of 100 took no longer"`
	P99Seconds   float64 `json:"p99_seconds,omitempty" doc:"99 of 100 took no longer"`
	Connections  float64 `json:"connections" doc:"TCP connections that ended"`
	Open         int     `json:"open,omitempty" doc:"TCP connections, WebSockets, streams and requests that are open now"`
}

// watcher makes the events. It does nothing while nobody listens, but for a
// minute after the last has left, who may only have lost the connection.
type watcher struct {
	admin *Admin
	hub   *hub

	table    TableEvent
	changed  <-chan struct{} // closed when problems may be others
	problems []byte          // as they were told last
	rollouts map[string][]byte
	meter    Meter
	read     time.Time // of the meter
}

// Meter is what admin needs of metrics.Meter.
type Meter interface {
	// Read returns what has come since the last call, and may be called by one
	// goroutine at a time.
	Read() []metrics.Traffic
}

// watch makes events until ctx ends.
func (w *watcher) watch(ctx context.Context) {
	defer w.hub.close()
	for w.hub.awaits(ctx) {
		w.begin()
		w.beat(ctx)
	}
}

// begin makes the first beats tell all: a client may have read what it shows
// before anybody noted what changes.
func (w *watcher) begin() {
	w.table, w.problems, w.rollouts = TableEvent{}, nil, nil
	now := make(chan struct{})
	close(now)
	w.changed = now
	if w.admin.Meter != nil {
		w.meter = w.admin.Meter()
	}
	w.read = time.Now()
}

// beat tells what changes, until nobody has listened for a while.
func (w *watcher) beat(ctx context.Context) {
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	heard := time.Now()
	for n := 1; time.Since(heard) < idle || !w.hub.sleep(); n++ {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if w.hub.streams() > 0 {
			heard = time.Now()
		}
		w.tellTable()
		if n%beats == 0 {
			w.tellProblems()
			w.tellRollouts()
			w.tellTraffic()
		}
	}
}

func (w *watcher) tell(kind string, data any, keep bool) {
	if err := w.hub.publish(kind, data, keep); err != nil {
		w.admin.Log.Error("cannot tell clients what has changed", "error", err)
	}
}

func (w *watcher) tableNow() TableEvent {
	s := w.admin.Publisher.Status()
	return TableEvent{Generation: s.Generation, Published: s.Published, Routes: s.Routes, Problems: len(w.admin.Publisher.Problems())}
}

func (w *watcher) tellTable() {
	if now := w.tableNow(); now != w.table {
		w.table = now
		w.tell("table", now, true)
	}
}

// problemsNow is the list of problems, and its text.
func (w *watcher) problemsNow() (ProblemsEvent, []byte) {
	all := w.admin.Publisher.Problems()
	e := ProblemsEvent{Total: len(all), Problems: []Problem{}}
	for _, p := range all[:min(len(all), maxShown)] {
		e.Problems = append(e.Problems, Problem(p))
	}
	text, err := json.Marshal(e)
	if err != nil {
		w.admin.Log.Error("cannot tell clients of problems", "error", err)
	}
	return e, text
}

func (w *watcher) tellProblems() {
	select {
	case <-w.changed:
	default:
		return
	}
	w.changed = w.admin.Publisher.Changed()
	e, text := w.problemsNow()
	if !bytes.Equal(text, w.problems) {
		w.problems = text
		w.tell("problems", e, true)
	}
}

// rolloutsNow is what is different of rollouts since the last call.
func (w *watcher) rolloutsNow() RolloutsEvent {
	e, now := RolloutsEvent{Rollouts: []RolloutSummary{}, Gone: []string{}}, map[string][]byte{}
	if w.admin.Rollouts == nil {
		return e
	}
	for _, r := range w.admin.Rollouts.List() {
		summary := summaryOf(r)
		text, err := json.Marshal(summary)
		if err != nil {
			continue
		}
		now[summary.Scope] = text
		if !bytes.Equal(text, w.rollouts[summary.Scope]) {
			e.Rollouts = append(e.Rollouts, summary)
		}
	}
	for scope := range w.rollouts {
		if now[scope] == nil {
			e.Gone = append(e.Gone, scope)
		}
	}
	slices.Sort(e.Gone)
	w.rollouts = now
	return e
}

func (w *watcher) tellRollouts() {
	if e := w.rolloutsNow(); len(e.Rollouts)+len(e.Gone) > 0 {
		w.tell("rollouts", e, true)
	}
}

func (w *watcher) tellTraffic() {
	now := time.Now()
	seconds := now.Sub(w.read).Seconds()
	w.read = now
	e := TrafficEvent{At: now.UTC().Truncate(time.Millisecond), Seconds: seconds, Services: []TrafficRow{}}
	if w.meter != nil {
		var all metrics.Traffic
		for _, t := range w.meter.Read() {
			all.Requests, all.Errors, all.ClientErrors = all.Requests+t.Requests, all.Errors+t.Errors, all.ClientErrors+t.ClientErrors
			all.Seconds, all.Connections = all.Seconds+t.Seconds, all.Connections+t.Connections
			e.Services = append(e.Services, trafficRow(t, seconds))
		}
		e.Total = trafficRow(all, seconds)
	}
	if w.admin.Open != nil {
		e.open(w.admin.Open().Open)
	}
	if len(e.Services) > maxShown {
		slices.SortFunc(e.Services, func(a, b TrafficRow) int {
			return cmp.Or(cmp.Compare(b.Requests+b.Connections, a.Requests+a.Connections), cmp.Compare(b.Open, a.Open))
		})
		e.Services = e.Services[:maxShown]
	}
	w.tell("traffic", e, false)
}

// open adds what is open: rows of those that nothing has ended with, too.
func (e *TrafficEvent) open(report map[exchange.Part]int) {
	rows := map[exchange.Part]int{}
	for i, row := range e.Services {
		rows[exchange.Part{Service: row.Service, Variant: row.Variant}] = i
	}
	for part, n := range report {
		e.Total.Open += n
		if i, there := rows[part]; there {
			e.Services[i].Open = n
		} else if n > 0 {
			e.Services = append(e.Services, TrafficRow{Service: part.Service, Variant: part.Variant, Open: n})
		}
	}
}

func trafficRow(t metrics.Traffic, seconds float64) TrafficRow {
	each := func(n uint64) float64 { return round(float64(n) / seconds) }
	row := TrafficRow{Service: t.Service, Variant: t.Variant, Requests: each(t.Requests), Errors: each(t.Errors),
		ClientErrors: each(t.ClientErrors), Connections: each(t.Connections)}
	if t.Requests > 0 {
		row.MeanSeconds = round(t.Seconds / float64(t.Requests))
		row.P50Seconds, row.P95Seconds, row.P99Seconds = round(t.P50), round(t.P95), round(t.P99)
	}
	return row
}
