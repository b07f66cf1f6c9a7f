package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"weir/registry"
	"weir/route"
)

// Publisher is what metrics read of registry.Publisher.
type Publisher interface {
	Status() registry.Status
	Problems() []route.Problem
}

// state reads what is true at the moment of a scrape: the table, its sources
// and what is in flight.
type state struct {
	Config
	generation, age, build, problems, routes *prometheus.Desc
	stale                                    *prometheus.Desc
	inFlight, targets, open                  *prometheus.Desc
}

func newState(config Config) *state {
	return &state{
		Config: config,
		generation: desc("weir_table_generation",
			"Number of the routing table in use; it grows when routing changes. Worry when the proxies of a fleet stay apart."),
		age: desc("weir_table_age_seconds",
			"Time since the routing table was published. Worry only together with weir_source_stale_seconds."),
		build: desc("weir_table_build_seconds",
			"How long the routing table took to build. Worry above one second."),
		problems: desc("weir_problems",
			"Tags, lines and intents that had no effect or not the whole. Worry when it is not zero; weir problems lists them."),
		routes: desc("weir_table_routes",
			"Routes in the table. Worry when it falls suddenly."),
		stale: desc("weir_source_stale_seconds",
			"How old what is used of a source may be; 0 while it can be read. Worry above a minute.", "source"),
		inFlight: desc("weir_requests_in_flight",
			"Requests that targets are working on now. Worry when it grows while requests do not.", "service", "variant"),
		targets: desc("weir_target_requests_in_flight",
			"Requests that one target is working on now. Worry when one of several has many more than the others.", "service", "variant", "target"),
		open: desc("weir_active_connections",
			"TCP connections, WebSockets, streams and requests that clients have open with instances, counted once a second. Worry when those of a version that drains do not go down.", "service", "variant"),
	}
}

// Describe implements prometheus.Collector.
func (s *state) Describe(descs chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{s.generation, s.age, s.build, s.problems, s.routes, s.stale, s.inFlight, s.targets, s.open} {
		descs <- d
	}
}

// Collect implements prometheus.Collector.
func (s *state) Collect(out chan<- prometheus.Metric) {
	gauge := gaugesTo(out)
	status, table := s.Publisher.Status(), s.Live.Load()
	gauge(s.generation, float64(status.Generation))
	if !status.Published.IsZero() {
		gauge(s.age, time.Since(status.Published).Seconds())
	}
	gauge(s.build, status.BuildTime.Seconds())
	gauge(s.problems, float64(len(s.Publisher.Problems())))
	gauge(s.routes, float64(status.Routes))
	for _, source := range status.Sources {
		gauge(s.stale, source.Stale(time.Now()).Seconds(), source.Name)
	}
	s.collectInFlight(gauge, table)
	for part, n := range s.Open() {
		gauge(s.open, float64(n), part.Service, part.Variant)
	}
}

// part names a variant of a service.
type part struct{ service, variant string }

// collectInFlight tells what is in flight by target, and by service and variant.
// Targets on several routes share their connections and count once.
func (s *state) collectInFlight(gauge func(*prometheus.Desc, float64, ...string), table *route.Table) {
	sums, targets, seen := map[part]int{}, map[placeKey]int{}, map[string]bool{}
	for _, t := range table.Targets() {
		if seen[t.PoolKey()] {
			continue
		}
		seen[t.PoolKey()] = true
		n := s.InFlight(t)
		sums[part{t.Service(), t.Variant()}] += n
		targets[placeKey{service: t.Service(), variant: t.Variant(), target: t.Addr()}] += n
	}
	for k, n := range sums {
		gauge(s.inFlight, float64(n), k.service, k.variant)
	}
	for k, n := range targets {
		gauge(s.targets, float64(n), k.service, k.variant, k.target)
	}
}
