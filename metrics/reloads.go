package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// reloads tells how reading the configuration again went.
type reloads struct {
	last     func() (at time.Time, failed error)
	good, at *prometheus.Desc
}

func newReloads(last func() (time.Time, error)) *reloads {
	return &reloads{
		last: last,
		good: desc("weir_config_reload_success", "1 if the last reload of the configuration was taken, or there was none. Worry when it is 0."),
		at:   desc("weir_config_reload_timestamp_seconds", "When the configuration was read again last; 0 is never. Worry when it is not when you did it."),
	}
}

// Describe implements prometheus.Collector.
func (r *reloads) Describe(descs chan<- *prometheus.Desc) {
	descs <- r.good
	descs <- r.at
}

// Collect implements prometheus.Collector.
func (r *reloads) Collect(out chan<- prometheus.Metric) {
	gauge := gaugesTo(out)
	at, failed := r.last()
	good, seconds := 1.0, 0.0
	if failed != nil {
		good = 0
	}
	if !at.IsZero() {
		seconds = float64(at.UnixMilli()) / 1000
	}
	gauge(r.good, good)
	gauge(r.at, seconds)
}
