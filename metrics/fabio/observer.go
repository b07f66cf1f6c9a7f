// Package fabio counts under the names of fabio's metrics, so that dashboards
// made for it go on, and sends them where fabio does: to who scrapes, StatsD,
// DogStatsD, Graphite or the log of the process.
package fabio

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc/codes"

	"weir/metrics/series"
	"weir/proxy/exchange"
	"weir/route"
)

// Config is what an Observer needs. All fields are required but Subsystem.
type Config struct {
	Names     *Names
	Subsystem string // of the names for Prometheus
	Buckets   []float64
	Live      *route.Live
	Proto     func(listener string) string // of proxy.addr
	// WebSockets counts those that are open.
	WebSockets func() int
}

// Observer counts. It is safe for concurrent use; counting takes no lock and
// allocates nothing.
type Observer struct {
	config   Config
	families *families
	requests *series.Cache[requestKey, *requestSeries]
	sessions *series.Cache[place, *sessionSeries]
}

var _ exchange.Observer = (*Observer)(nil)

// New makes an observer with a registry of its own.
func New(c Config) *Observer {
	m := maker{prometheus.NewRegistry(), c.Names.prefix, c.Subsystem, c.Buckets}
	o := &Observer{config: c, families: newFamilies(m, func() float64 { return float64(c.WebSockets()) })}
	o.requests = series.New(o.bindRequest)
	o.sessions = series.New(o.bindSession)
	return o
}

// Gatherer is what Prometheus reads.
func (o *Observer) Gatherer() prometheus.Gatherer { return o.families.registry }

// requestKey is all that series of a request depend on.
type requestKey struct {
	place
	code int
}

// requestSeries are the handles of a requestKey.
type requestSeries struct{ route, requests, status prometheus.Observer }

func (o *Observer) bindRequest(k requestKey) *requestSeries {
	return &requestSeries{
		o.families.route.WithLabelValues(k.values()...),
		o.families.requests.WithLabelValues(k.service),
		o.families.status.WithLabelValues(strconv.Itoa(k.code), k.service),
	}
}

// sessionSeries are the handles of TCP connections to a place: what came from
// the target and what went to it.
type sessionSeries struct{ received, sent prometheus.Counter }

func (o *Observer) bindSession(p place) *sessionSeries {
	return &sessionSeries{
		o.families.received.WithLabelValues(p.values()...),
		o.families.sent.WithLabelValues(p.values()...),
	}
}

// Accepted implements exchange.Observer.
func (o *Observer) Accepted(listener string) {
	switch o.config.Proto(listener) {
	case "tcp", "tcp-dynamic":
		o.families.tcp.conn.Inc()
	case "tcp+sni":
		o.families.sni.conn.Inc()
	case "grpc", "grpcs":
		o.families.grpcConn.Inc()
	}
}

// Closed implements exchange.Observer.
func (o *Observer) Closed(string) {}

// Refused implements exchange.Observer.
func (o *Observer) Refused(listener, _ string) { o.failed(listener) }

func (o *Observer) failed(listener string) {
	switch o.config.Proto(listener) {
	case "tcp", "tcp-dynamic":
		o.families.tcp.failed.Inc()
	case "tcp+sni":
		o.families.sni.failed.Inc()
	}
}

// Exchange implements exchange.Observer.
func (o *Observer) Exchange(x *exchange.Exchange) {
	took := time.Since(x.Start).Seconds()
	grpc := strings.HasPrefix(o.config.Proto(x.Client.Listener), "grpc")
	switch {
	case x.Target == nil && grpc:
		o.families.grpcNone.Inc()
	case x.Target == nil:
		o.families.notFound.Inc()
	case x.Target.Redirect() != nil:
		o.families.redirects.WithLabelValues(strconv.Itoa(x.Status)).Inc()
	case x.Attempts > 0 && x.Status > 0:
		s := o.requests.Get(requestKey{placeOf(x.Route, x.Target), x.Status})
		s.route.Observe(took)
		s.requests.Observe(took)
		s.status.Observe(took)
	}
	if grpc {
		o.families.grpcRequests.Observe(took)
		o.families.grpcStatus.WithLabelValues(grpcCode(x)).Observe(took)
	}
}

// Session implements exchange.Observer.
func (o *Observer) Session(s *exchange.Session) {
	kind := &o.families.tcp
	if s.ServerName != "" {
		kind = &o.families.sni
	}
	var attempt *exchange.AttemptError
	switch {
	case s.To == nil:
		kind.noRoute.Inc()
	case errors.As(s.Err, &attempt) && attempt.Kind == exchange.ConnectFailed:
		kind.failed.Inc()
	default:
		b := o.sessions.Get(placeOf(s.Route, s.To))
		b.received.Add(float64(s.BytesOut))
		b.sent.Add(float64(s.BytesIn))
	}
}

// grpcCode names the status of a gRPC call. A call whose answer came from weir
// has none of its own.
func grpcCode(x *exchange.Exchange) string {
	n, err := strconv.ParseUint(x.Drawn.Code, 10, 32)
	switch {
	case err == nil:
		return codes.Code(n).String()
	case x.Status == 200:
		return codes.OK.String()
	}
	return codes.Unavailable.String()
}

// sweep deletes the series of what is gone and was at the look before, and
// returns what is gone now.
func (o *Observer) sweep(before map[place]bool) (gone map[place]bool) {
	present, services := map[place]bool{}, map[string]bool{}
	for r, t := range o.config.Live.Load().Targets() {
		present[placeOf(r, t)], services[t.Service()] = true, true
	}
	gone = map[place]bool{}
	leaves := func(p place) bool {
		if !present[p] {
			gone[p] = true
		}
		return gone[p] && before[p]
	}
	drop := func(p place) {
		o.families.dropPlace(p)
		if !services[p.service] {
			o.families.dropService(p.service)
		}
	}
	o.requests.Drop(func(k requestKey) bool { return leaves(k.place) }, func(k requestKey) { drop(k.place) })
	o.sessions.Drop(leaves, drop)
	return gone
}
