package fabio

import (
	"github.com/prometheus/client_golang/prometheus"
)

// families are fabio's metrics by their fabio names. Times are in seconds.
// They are kept in a registry of their own, from which everything is read that
// leaves the process.
type families struct {
	registry *prometheus.Registry

	route              *prometheus.HistogramVec // by service, host, path and target
	received, sent     *prometheus.CounterVec   // likewise: bytes of TCP connections
	requests           *prometheus.HistogramVec // by service
	status             *prometheus.HistogramVec // by code and service
	redirects          *prometheus.CounterVec   // by code
	grpcStatus         *prometheus.HistogramVec // by code
	notFound           prometheus.Counter
	grpcConn, grpcNone prometheus.Counter
	grpcRequests       prometheus.Histogram
	tcp, sni           connections
}

// connections are the counters of one kind of TCP listener.
type connections struct{ conn, failed, noRoute prometheus.Counter }

// nativeFactor is how far native buckets are apart at most.
const nativeFactor = 1.1

// maker makes the vectors of one prefix.
type maker struct {
	registry          *prometheus.Registry
	prefix, subsystem string
	buckets           []float64
}

func newFamilies(m maker, webSockets func() float64) *families {
	f := &families{
		registry:     m.registry,
		route:        m.histogram("route", "service", "host", "path", "target"),
		received:     m.counter("route.rx", "service", "host", "path", "target"),
		sent:         m.counter("route.tx", "service", "host", "path", "target"),
		requests:     m.histogram("requests", "service"),
		status:       m.histogram("http.status", "code", "service"),
		redirects:    m.counter("http.redirect.count", "code"),
		grpcStatus:   m.histogram("grep.status", "code"), // fabio's spelling, which dashboards have
		notFound:     m.single("notfound"),
		grpcConn:     m.single("grpc.conn"),
		grpcNone:     m.single("grpc.noroute"),
		grpcRequests: m.histogram("grpc.requests").WithLabelValues().(prometheus.Histogram),
		tcp:          m.connections("tcp"),
		sni:          m.connections("tcp_sni"),
	}
	opts := m.opts("ws.conn")
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts(opts), webSockets))
	return f
}

// opts names a metric as fabio does for Prometheus: dots are underscores. The
// help is the name with them, by which flat names are made.
func (m maker) opts(name string) prometheus.Opts {
	o := prometheus.Opts{Namespace: clean(m.prefix), Name: clean(name), Help: name}
	if m.subsystem != "" {
		o.Subsystem = clean(m.subsystem)
	}
	return o
}

func (m maker) counter(name string, labels ...string) *prometheus.CounterVec {
	v := prometheus.NewCounterVec(prometheus.CounterOpts(m.opts(name)), labels)
	m.registry.MustRegister(v)
	return v
}

func (m maker) single(name string) prometheus.Counter { return m.counter(name).WithLabelValues() }

func (m maker) connections(kind string) connections {
	return connections{m.single(kind + ".conn"), m.single(kind + ".connfail"), m.single(kind + ".noroute")}
}

// histogram has the buckets of metrics.prometheus.buckets, and native ones,
// which StatsD and Graphite get their times from.
func (m maker) histogram(name string, labels ...string) *prometheus.HistogramVec {
	o := m.opts(name)
	v := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Namespace: o.Namespace, Subsystem: o.Subsystem, Name: o.Name, Help: o.Help,
		Buckets:                     m.buckets,
		NativeHistogramBucketFactor: nativeFactor, // without a limit of buckets: times have one themselves
	}, labels)
	m.registry.MustRegister(v)
	return v
}

// dropPlace deletes the series of a target that left its route.
func (f *families) dropPlace(p place) {
	f.route.DeleteLabelValues(p.values()...)
	f.received.DeleteLabelValues(p.values()...)
	f.sent.DeleteLabelValues(p.values()...)
}

// dropService deletes the series of a service that has no target any more.
func (f *families) dropService(service string) {
	f.requests.DeleteLabelValues(service)
	f.status.DeletePartialMatch(prometheus.Labels{"service": service})
}
