package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"weir/certs"
)

// certificates reads at a scrape what is served. Names of certificates are no
// labels: there may be thousands, and GET /api/v1/certificates tells them.
type certificates struct {
	status                 func(now time.Time) []certs.Status
	served, next, problems *prometheus.Desc
}

func newCertificates(status func(now time.Time) []certs.Status) *certificates {
	return &certificates{
		status: status,
		served: desc("weir_certificates", "Certificates that are served. Worry when it falls to zero.", "source"),
		next: desc("weir_certificate_expiry_timestamp_seconds",
			"When the first of the source's certificates expires. Worry when that is less than 14 days away.", "source"),
		problems: desc("weir_certificate_problems",
			"Certificates and authorities that cannot be read or used, or expire soon. Worry when it is not zero; weir problems lists them.", "source"),
	}
}

// Describe implements prometheus.Collector.
func (c *certificates) Describe(descs chan<- *prometheus.Desc) {
	descs <- c.served
	descs <- c.next
	descs <- c.problems
}

// Collect implements prometheus.Collector.
func (c *certificates) Collect(out chan<- prometheus.Metric) {
	gauge := gaugesTo(out)
	for _, s := range c.status(time.Now()) {
		gauge(c.served, float64(len(s.Certificates)), s.Name)
		gauge(c.problems, float64(len(s.Problems)), s.Name)
		var first time.Time
		for _, cert := range s.Certificates {
			if first.IsZero() || cert.NotAfter.Before(first) {
				first = cert.NotAfter
			}
		}
		if !first.IsZero() {
			gauge(c.next, float64(first.Unix()), s.Name)
		}
	}
}
