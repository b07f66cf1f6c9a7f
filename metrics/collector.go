// Package metrics counts what the proxies do, for Prometheus.
//
// A Collector is the exchange.Observer of all listeners. It has its own
// registry, so two proxies in one process do not mix. Counting a request or
// session takes no lock and allocates nothing.
package metrics

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"weir/certs"
	"weir/proxy/exchange"
	"weir/route"
)

// Collector counts. It is safe for concurrent use.
type Collector struct {
	registry    *prometheus.Registry
	connections *connections
	requests    *requests
	sessions    *sessions
	copies      *copies
	places      *places
	live        *route.Live
	also        prometheus.Gatherer
}

// Config is what a Collector reads at each scrape. All fields but Also are required.
type Config struct {
	Version   string // shows in weir_build_info
	Live      *route.Live
	Publisher Publisher
	Rollouts  Rollouts
	InFlight  func(*route.Target) int // of the upstream pool
	// Certificates tells what is served.
	Certificates func(now time.Time) []certs.Status
	// Open is how much clients have open with each variant, as it was counted last.
	Open func() map[exchange.Part]int
	// Reloaded is when the configuration was read again last, and why that was
	// refused; a zero time means never.
	Reloaded func() (at time.Time, failed error)
	// Also is what a scrape has besides; nil: nothing.
	Also prometheus.Gatherer
}

var _ exchange.Observer = (*Collector)(nil)

// New makes a collector with a registry of its own.
func New(config Config) *Collector {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		newState(config),
		newRollouts(config.Rollouts),
		newReloads(config.Reloaded),
		newCertificates(config.Certificates),
	)
	f := factory{registry}
	f.gauge("weir_build_info", "Always 1; the label tells the version. Worry when a fleet has more than one for long.", "version").
		WithLabelValues(config.Version).Set(1)
	return &Collector{
		registry:    registry,
		connections: newConnections(f),
		requests:    newRequests(f),
		sessions:    newSessions(f),
		copies:      newCopies(f),
		places:      newPlaces(f),
		live:        config.Live,
		also:        config.Also,
	}
}

// Handler serves the metrics in the text, OpenMetrics or protobuf format, as
// the client asks; native histograms come with the last only.
func (c *Collector) Handler() http.Handler {
	all := prometheus.Gatherers{c.registry}
	if c.also != nil {
		all = append(all, c.also)
	}
	return promhttp.HandlerFor(all, promhttp.HandlerOpts{
		EnableOpenMetrics:   true,
		MaxRequestsInFlight: 4, // a scrape of many services is costly
	})
}

// Accepted implements exchange.Observer.
func (c *Collector) Accepted(listener string) {
	s := c.connections.bound.Get(listener)
	s.accepted.Inc()
	s.open.Inc()
}

// Closed implements exchange.Observer.
func (c *Collector) Closed(listener string) {
	s := c.connections.bound.Get(listener)
	s.closed.Inc()
	s.open.Dec()
}

// Refused implements exchange.Observer.
func (c *Collector) Refused(listener, reason string) {
	c.connections.refused.WithLabelValues(listener, reason).Inc()
}

// Exchange implements exchange.Observer.
func (c *Collector) Exchange(x *exchange.Exchange) {
	took := time.Since(x.Start).Seconds()
	c.requests.observe(x, took)
	c.places.exchange(x, took)
}

// Copied counts a copy of a request that a mirror has sent or dropped.
func (c *Collector) Copied(done *exchange.Copy) { c.copies.observe(done) }

// Session implements exchange.Observer.
func (c *Collector) Session(s *exchange.Session) {
	c.sessions.observe(s)
	c.places.session(s)
}
