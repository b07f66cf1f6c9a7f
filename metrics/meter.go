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
}

// Meter reads what a Collector has counted between two calls. It is for one
// goroutine. Use Collector.Meter.
type Meter struct {
	c    *Collector
	last map[part]Traffic
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
	return d, d.Requests > 0 || d.Connections > 0
}

// totals reads the counters, and the durations of what had a request since.
func (m *Meter) totals() map[part]Traffic {
	all := make(map[part]Traffic, len(m.last))
	durations := map[part]prometheus.Observer{}
	var read dto.Metric
	for k, s := range *m.c.requests.bound.m.Load() {
		key := part{k.service, k.variant}
		t := all[key]
		for i, c := range s.count {
			n := count(c, &read)
			t.Requests += n
			switch codes[i] {
			case "5xx":
				t.Errors += n
			case "4xx":
				t.ClientErrors += n
			}
		}
		all[key], durations[key] = t, s.duration
	}
	for key, duration := range durations { // one for all listeners
		t := all[key]
		if t.Seconds = m.last[key].Seconds; t.Requests != m.last[key].Requests {
			t.Seconds = sum(duration, &read)
		}
		all[key] = t
	}
	for k, s := range *m.c.sessions.bound.m.Load() {
		key := part{k.service, k.variant}
		t := all[key]
		t.Connections += count(s.count, &read)
		all[key] = t
	}
	return all
}

func count(c prometheus.Metric, into *dto.Metric) uint64 {
	if c.Write(into) != nil {
		return 0 // it always can
	}
	return uint64(into.GetCounter().GetValue())
}

// sum is the sum of a histogram.
func sum(o prometheus.Observer, into *dto.Metric) float64 {
	h, ok := o.(prometheus.Metric)
	if !ok || h.Write(into) != nil {
		return 0
	}
	return into.GetHistogram().GetSampleSum()
}
