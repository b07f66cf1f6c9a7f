package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"weir/metrics/series"
)

// connectionSeries are the bound handles of a listener.
type connectionSeries struct {
	accepted, closed prometheus.Counter
	open             prometheus.Gauge
}

type connections struct {
	bound            *series.Cache[string, *connectionSeries]
	accepted, closed *prometheus.CounterVec
	open             *prometheus.GaugeVec
	refused          *prometheus.CounterVec
}

func newConnections(f factory) *connections {
	c := &connections{
		accepted: f.counter("weir_connections_accepted_total",
			"Client connections accepted. Worry when it stops while clients are there.", "listener"),
		closed: f.counter("weir_connections_closed_total",
			"Client connections that ended. Worry when it stays behind accepted.", "listener"),
		open: f.gauge("weir_connections_open",
			"Client connections open now. Worry when it nears the connection limit.", "listener"),
		refused: f.counter("weir_connections_refused_total",
			"Client connections closed unserved, by reason. Worry when the reason is limit, or when it keeps growing.",
			"listener", "reason"),
	}
	c.bound = series.New(func(listener string) *connectionSeries {
		return &connectionSeries{
			c.accepted.WithLabelValues(listener), c.closed.WithLabelValues(listener), c.open.WithLabelValues(listener),
		}
	})
	return c
}
