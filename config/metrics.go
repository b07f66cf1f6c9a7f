package config

import (
	"path"
	"strconv"
	"strings"
	"time"
)

// Metrics says where measurements go besides weir's own names at /metrics of
// UI.Addr. What is sent, and what Prometheus reads under fabio's names, has the
// names that fabio gives it.
type Metrics struct {
	// Targets are "prometheus", "stdout", "flat", "label", "graphite",
	// "statsd_raw" and "dogstatsd", each once.
	Targets    []string
	Prefix     string        // template of the beginning of all names
	Names      string        // template of the names of routes' targets where there are no labels
	Interval   time.Duration // of sending
	Timeout    time.Duration // of a connection to Graphite
	Graphite   string        // host:port
	StatsD     string        // host:port
	DogStatsD  string        // host:port
	Prometheus Prometheus
}

// Prometheus is how it sees fabio's names.
type Prometheus struct {
	Subsystem string
	Path      string    // on prometheus listeners
	Buckets   []float64 // in seconds, ascending
}

// receiver is host:port, or empty.
func receiver(at func(*Config) *string) setter {
	return func(c *Config, raw string) findings {
		if *at(c) = raw; raw == "" {
			return findings{}
		}
		if err := checkHostPort(raw); err != nil {
			return failed("%v", err)
		}
		return findings{}
	}
}

// metricsPath is a path to one place.
func metricsPath(c *Config, raw string) findings {
	if !strings.HasPrefix(raw, "/") || raw == "/" || strings.ContainsAny(raw, "?#%{} ") || path.Clean(raw) != raw || !printable(raw) {
		return failed("%q is not a path such as /metrics", raw)
	}
	c.Metrics.Prometheus.Path = raw
	return findings{}
}

// metricsTarget reads metrics.target, which may be empty.
func metricsTarget(c *Config, raw string) findings {
	if raw == "" {
		return findings{}
	}
	return once(func(c *Config) *[]string { return &c.Metrics.Targets })(c, raw)
}

// buckets reads the limits of histogram buckets.
func buckets(at func(*Config) *[]float64) setter {
	return func(c *Config, raw string) findings {
		var list []float64
		for _, item := range splitList(raw) {
			f, err := strconv.ParseFloat(item, 64)
			if err != nil || len(list) > 0 && f <= list[len(list)-1] {
				return failed("%s is not a list of numbers, each greater than the one before", raw)
			}
			list = append(list, f)
		}
		*at(c) = list
		return findings{}
	}
}

// checkMetrics looks for the addresses that the targets need.
func (l *loader) checkMetrics() {
	m := l.config.Metrics
	for _, target := range m.Targets {
		for _, needs := range []struct{ target, key, addr string }{
			{"graphite", "metrics.graphite.addr", m.Graphite},
			{"statsd_raw", "metrics.statsd.addr", m.StatsD},
			{"dogstatsd", "metrics.dogstatsd.addr", m.DogStatsD},
		} {
			if target == needs.target && needs.addr == "" && !l.failed(needs.key) {
				l.fail(l.setting(needs.key), "names no host:port, which metrics.target="+target+" needs")
			}
		}
	}
}
