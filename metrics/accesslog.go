package metrics

import "github.com/prometheus/client_golang/prometheus"

// CountDropped makes a metric of how many lines the access log has lost.
func (c *Collector) CountDropped(lines func() uint64) {
	c.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "weir_access_log_dropped_total",
		Help: "Lines of the access log that were not written, because its output was too slow or failed. Worry when it rises.",
	}, func() float64 { return float64(lines()) }))
}
