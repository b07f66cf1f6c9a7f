package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"weir/metrics/series"
	"weir/proxy/exchange"
)

// results are what becomes of copies of requests.
var results = [...]string{"failed", "1xx", "2xx", "3xx", "4xx", "5xx", "dropped"}

// result gives the index in results.
func result(c *exchange.Copy) int {
	switch {
	case c.Dropped:
		return len(results) - 1
	case c.Err == nil && c.Status >= 100 && c.Status < 600:
		return c.Status / 100
	}
	return 0
}

// copyKey is one set of labels of copies.
type copyKey struct{ service, variant string }

// copySeries are the bound handles of a copyKey.
type copySeries struct {
	count    [len(results)]prometheus.Counter
	duration prometheus.Observer
}

type copies struct {
	bound    *series.Cache[copyKey, *copySeries]
	count    *prometheus.CounterVec
	duration *prometheus.HistogramVec
}

func newCopies(f factory) *copies {
	c := &copies{
		count: f.counter("weir_mirror_requests_total",
			"Copies of requests for a candidate, by what became of them; dropped ones were not sent, because there was no room. Worry when 5xx or failed rise: the candidate would do that to clients.",
			"service", "variant", "result"),
		duration: f.histogram("weir_mirror_duration_seconds",
			"Time until the end of a copy's answer. Worry when it is well above weir_request_duration_seconds of stable.",
			"service", "variant"),
	}
	c.bound = series.New(c.bind)
	return c
}

func (c *copies) bind(k copyKey) *copySeries {
	s := &copySeries{duration: c.duration.WithLabelValues(k.service, k.variant)}
	for i, name := range results {
		s.count[i] = c.count.WithLabelValues(k.service, k.variant, name)
	}
	return s
}

func (c *copies) observe(done *exchange.Copy) {
	s := c.bound.Get(copyKey{done.Target.Service(), done.Target.Variant()})
	s.count[result(done)].Inc()
	if !done.Dropped {
		s.duration.Observe(done.Took.Seconds())
	}
}

func (c *copies) drop(gone func(service, variant string) bool) {
	c.bound.Drop(func(k copyKey) bool { return gone(k.service, k.variant) }, func(k copyKey) {
		for _, name := range results {
			c.count.DeleteLabelValues(k.service, k.variant, name)
		}
		c.duration.DeleteLabelValues(k.service, k.variant)
	})
}
