package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"weir/metrics/series"
	"weir/proxy/exchange"
	"weir/route"
)

// placeKey is one set of labels of what a target did on a route.
type placeKey struct{ host, path, service, variant, target, code string }

// placeSeries are the bound handles of a placeKey.
type placeSeries struct {
	route, target         prometheus.Counter
	routeTime, targetTime prometheus.Observer
}

// places count by route and by target. Those that the table does not have are
// deleted, so there are never many more than it has.
type places struct {
	bound                       *series.Cache[placeKey, *placeSeries]
	routes, targets             *prometheus.CounterVec
	routeTime, targetTime       *prometheus.HistogramVec
	routeSessions, targSessions *prometheus.CounterVec
}

func newPlaces(f factory) *places {
	p := &places{
		routes: f.counter("weir_route_requests_total",
			"HTTP requests by route and class of status. Worry when 5xx rises on one route.", "route", "code"),
		targets: f.counter("weir_target_requests_total",
			"HTTP requests by the target that answered, or was tried last. Worry when 5xx rises on one of several targets.",
			"service", "variant", "target", "code"),
		routeTime: f.native("weir_route_request_duration_seconds",
			"Time of requests by route, in native buckets only. Worry when a route's high quantiles rise.", "route"),
		targetTime: f.native("weir_target_request_duration_seconds",
			"Time of requests by target, in native buckets only. Worry when one target leaves the others of its variant.",
			"service", "variant", "target"),
		routeSessions: f.counter("weir_route_sessions_total",
			"TCP connections by route. Worry when it stops while clients are there.", "route"),
		targSessions: f.counter("weir_target_sessions_total",
			"TCP connections by target. Worry when one of several targets gets none.", "service", "variant", "target"),
	}
	p.bound = series.New(p.bind)
	return p
}

// session is the code of TCP connections.
const session = "session"

func (p *places) bind(k placeKey) *placeSeries {
	if k.code == session {
		return &placeSeries{route: p.routeSessions.WithLabelValues(k.route()), target: p.targSessions.WithLabelValues(k.service, k.variant, k.target)}
	}
	return &placeSeries{
		route: p.routes.WithLabelValues(k.route(), k.code), routeTime: p.routeTime.WithLabelValues(k.route()),
		target:     p.targets.WithLabelValues(k.service, k.variant, k.target, k.code),
		targetTime: p.targetTime.WithLabelValues(k.service, k.variant, k.target),
	}
}

func (p *places) exchange(x *exchange.Exchange, took float64) {
	if x.Target == nil {
		return
	}
	s := p.bound.Get(placeKeyOf(x.Route, x.Target, codes[code(x.Status)]))
	s.route.Inc()
	s.target.Inc()
	s.routeTime.Observe(took)
	s.targetTime.Observe(took)
}

func (p *places) session(e *exchange.Session) {
	if e.To == nil {
		return
	}
	s := p.bound.Get(placeKeyOf(e.Route, e.To, session))
	s.route.Inc()
	s.target.Inc()
}

func placeKeyOf(r *route.Route, t *route.Target, code string) placeKey {
	return placeKey{r.Host(), r.Path(), t.Service(), t.Variant(), t.Addr(), code}
}

// drop deletes the series of routes and of targets that are gone.
func (p *places) drop(gone func(string) bool) {
	p.bound.Drop(func(k placeKey) bool { return gone(k.route()) || gone(k.targetID()) }, func(k placeKey) {
		if gone(k.route()) {
			for _, v := range []*prometheus.MetricVec{p.routes.MetricVec, p.routeTime.MetricVec, p.routeSessions.MetricVec} {
				v.DeletePartialMatch(prometheus.Labels{"route": k.route()})
			}
		}
		if gone(k.targetID()) {
			for _, v := range []*prometheus.MetricVec{p.targets.MetricVec, p.targetTime.MetricVec, p.targSessions.MetricVec} {
				v.DeletePartialMatch(prometheus.Labels{"service": k.service, "variant": k.variant, "target": k.target})
			}
		}
	})
}

// route is the key of the route. Making it for every request would allocate.
func (k placeKey) route() string { return k.host + k.path }

// targetID names a target among routes and targets.
func (k placeKey) targetID() string { return k.service + "\x00" + k.variant + "\x00" + k.target }
