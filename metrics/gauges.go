package metrics

import "github.com/prometheus/client_golang/prometheus"

// desc describes a gauge that is read at a scrape.
func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

// gaugesTo returns what adds the value of such a gauge to a scrape.
func gaugesTo(out chan<- prometheus.Metric) func(d *prometheus.Desc, v float64, labels ...string) {
	return func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
}
