package metrics

import (
	"cmp"
	"slices"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// Traffic is what a service's variant was asked for in some time.
type Traffic struct {
	Service, Variant string
	Requests         uint64  // HTTP requests that were answered
	Errors           uint64  // of those, with 5xx
	ClientErrors     uint64  // of those, with 4xx
	Seconds          float64 // that they took, summed up
	Connections      uint64  // TCP connections that ended
	// P50, P95 and P99 are durations of requests in seconds, exact to about a
	// tenth: that part of the requests took no longer. 0 where they are not known.
	P50, P95, P99 float64

	times times
}

// Meter reads what a Collector has counted between two calls. It is for one
// goroutine. Use Collector.Meter.
type Meter struct {
	c    *Collector
	last map[part]Traffic
	seen map[*requestSeries]seen
}

// seen is what a series said when it was read last.
type seen struct {
	requests uint64 // that were counted by then
	Traffic
}

// Meter makes a meter, which begins to count now.
func (c *Collector) Meter() *Meter {
	m := &Meter{c: c}
	m.Read()
	return m
}

// Read returns what has come since the last call, for all services and variants
// that had something, by name. The service is empty where no route was found.
func (m *Meter) Read() (list []Traffic) {
	now := m.totals()
	for key, t := range now {
		if d, some := t.since(m.last[key]); some {
			d.Service, d.Variant = key.service, key.variant
			list = append(list, d)
		}
	}
	m.last = now
	slices.SortFunc(list, func(a, b Traffic) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Variant, b.Variant))
	})
	return list
}

// since is the difference to what was counted before. Series begin again when
// their service has been away.
func (t Traffic) since(before Traffic) (d Traffic, some bool) {
	if t.Requests < before.Requests || t.Connections < before.Connections {
		before = Traffic{}
	}
	d = Traffic{
		Requests: t.Requests - before.Requests, Errors: t.Errors - before.Errors, ClientErrors: t.ClientErrors - before.ClientErrors,
		Seconds: t.Seconds - before.Seconds, Connections: t.Connections - before.Connections,
	}
	took := t.times.since(before.times)
	d.P50, d.P95, d.P99 = took.quantile(0.5), took.quantile(0.95), took.quantile(0.99)
	return d, d.Requests > 0 || d.Connections > 0
}

// totals sums up the counters over listeners. Most services have had no request
// since the last look: what they said then is still true.
func (m *Meter) totals() map[part]Traffic {
	all, now := make(map[part]Traffic, len(m.last)), make(map[*requestSeries]seen, len(m.seen))
	var read dto.Metric
	for k, s := range m.c.requests.bound.All() {
		is, known := m.seen[s]
		if n := s.seen.Load(); !known || n != is.requests {
			is = seen{n, counts(s, &read)}
		}
		key := part{k.service, k.variant}
		t := all[key]
		t.Requests, t.Errors, t.ClientErrors = t.Requests+is.Requests, t.Errors+is.Errors, t.ClientErrors+is.ClientErrors
		if is.times.n > t.times.n { // these are of all listeners
			t.Seconds, t.times = is.Seconds, is.times
		}
		all[key], now[s] = t, is
	}
	m.seen = now
	for k, s := range m.c.sessions.bound.All() {
		key := part{k.service, k.variant}
		t := all[key]
		t.Connections += count(s.count, &read)
		all[key] = t
	}
	return all
}

// counts reads one series.
func counts(s *requestSeries, read *dto.Metric) (t Traffic) {
	for i, c := range s.count {
		n := count(c, read)
		t.Requests += n
		switch codes[i] {
		case "5xx":
			t.Errors += n
		case "4xx":
			t.ClientErrors += n
		}
	}
	t.Seconds, t.times = durations(s.duration, read)
	return t
}

func count(c prometheus.Metric, into *dto.Metric) uint64 {
	if c.Write(into) != nil {
		return 0 // it always can
	}
	return uint64(into.GetCounter().GetValue())
}

// durations are the sum of a histogram, and what is in it.
func durations(o prometheus.Observer, into *dto.Metric) (float64, times) {
	h, ok := o.(prometheus.Metric)
	if !ok || h.Write(into) != nil {
		return 0, times{}
	}
	return into.GetHistogram().GetSampleSum(), readTimes(into.GetHistogram())
}
