package config

import "time"

func metricsKeys() []Key {
	return []Key{
		{Name: "metrics.target", Kind: List,
			Choices: []string{"prometheus", "stdout", "flat", "label", "graphite", "statsd_raw", "dogstatsd"}, later: []string{"circonus"},
			Help: "where metrics go under fabio's names: prometheus adds them to weir's own at /metrics; several are separated by commas",
			set:  metricsTarget},
		{Name: "metrics.prefix", Default: "{{clean .Hostname}}.{{clean .Exec}}", Kind: Text,
			Help: "template of the beginning of fabio's names; knows .Hostname and .Exec",
			set:  text(func(c *Config) *string { return &c.Metrics.Prefix })},
		{Name: "metrics.names", Default: "{{clean .Service}}.{{clean .Host}}.{{clean .Path}}.{{clean .TargetURL.Host}}", Kind: Text,
			Help: "template of fabio's names of what a target did on a route, for graphite, statsd_raw, stdout and flat; knows .Service, .Host, .Path and .TargetURL",
			set:  text(func(c *Config) *string { return &c.Metrics.Names })},
		{Name: "metrics.interval", Default: "30s", Kind: Duration,
			Help: "how often metrics are sent",
			set:  limit(func(c *Config) *time.Duration { return &c.Metrics.Interval })},
		{Name: "metrics.timeout", Default: "10s", Kind: Duration,
			Help: "of a connection to Graphite",
			set:  limit(func(c *Config) *time.Duration { return &c.Metrics.Timeout })},
		{Name: "metrics.graphite.addr", Kind: Text, Help: "host:port of Graphite",
			set: receiver(func(c *Config) *string { return &c.Metrics.Graphite })},
		{Name: "metrics.statsd.addr", Kind: Text, Help: "host:port of StatsD",
			set: receiver(func(c *Config) *string { return &c.Metrics.StatsD })},
		{Name: "metrics.dogstatsd.addr", Kind: Text, Help: "host:port of DogStatsD",
			set: receiver(func(c *Config) *string { return &c.Metrics.DogStatsD })},
		{Name: "metrics.prometheus.subsystem", Kind: Text, Help: "what stands between prefix and name for Prometheus",
			set: text(func(c *Config) *string { return &c.Metrics.Prometheus.Subsystem })},
		{Name: "metrics.prometheus.path", Default: "/metrics", Kind: Text,
			Help: "path on prometheus listeners; / leads there",
			set:  metricsPath},
		{Name: "metrics.prometheus.buckets", Default: ".005,.01,.025,.05,.1,.25,.5,1,2.5,5,10", Kind: Floats,
			Help: "limits of the buckets of fabio's histograms, in seconds",
			set:  buckets(func(c *Config) *[]float64 { return &c.Metrics.Prometheus.Buckets })},
	}
}
