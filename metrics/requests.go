package metrics

import (
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"weir/metrics/series"
	"weir/proxy/exchange"
)

// codes are the classes of status that requests are counted by. A client that
// left before the answer is no client error of the service, so 499 stands alone.
var codes = [...]string{"none", "1xx", "2xx", "3xx", "4xx", "5xx", "499"}

// code gives the index in codes of a status.
func code(status int) int {
	switch {
	case status == 499:
		return len(codes) - 1
	case status >= 100 && status < 600:
		return status / 100
	}
	return 0
}

// requestKey is one set of labels of HTTP requests. Service and variant are
// empty where no route or target was found.
type requestKey struct{ listener, service, variant string }

// requestSeries are the bound handles of a requestKey.
type requestSeries struct {
	count    [len(codes)]prometheus.Counter
	duration prometheus.Observer
	in, out  prometheus.Counter
	attempts prometheus.Counter
	retries  prometheus.Counter
	seen     atomic.Uint64 // requests that were counted, for a Meter
}

type requests struct {
	bound    *series.Cache[requestKey, *requestSeries]
	count    *prometheus.CounterVec
	duration *prometheus.HistogramVec
	in, out  *prometheus.CounterVec
	attempts *prometheus.CounterVec
	retries  *prometheus.CounterVec
}

func newRequests(f factory) *requests {
	r := &requests{
		count: f.counter("weir_requests_total",
			"HTTP requests answered, by class of status; service is empty where no route was found, code is 499 where the client left first and none where nothing was sent. Worry when 5xx rises, or when requests without a service do.",
			"listener", "service", "variant", "code"),
		duration: f.histogram("weir_request_duration_seconds",
			"Time from a request's first byte to the end of its answer. Worry when a variant's high quantiles leave those of stable.",
			"service", "variant"),
		in: f.counter("weir_request_body_bytes_total",
			"Body bytes read from clients. Worry when it stops while requests go on.",
			"service", "variant"),
		out: f.counter("weir_response_body_bytes_total",
			"Body bytes sent to clients. Worry when it stops while requests go on.",
			"service", "variant"),
		attempts: f.counter("weir_request_attempts_total",
			"Attempts to send a request to a target. Worry when it grows much faster than requests.",
			"service", "variant"),
		retries: f.counter("weir_request_retries_total",
			"Attempts after the first of a request. Worry when it is not near zero: targets refuse connections.",
			"service", "variant"),
	}
	r.bound = series.New(r.bind)
	return r
}

func (r *requests) bind(k requestKey) *requestSeries {
	s := &requestSeries{
		duration: r.duration.WithLabelValues(k.service, k.variant),
		in:       r.in.WithLabelValues(k.service, k.variant),
		out:      r.out.WithLabelValues(k.service, k.variant),
		attempts: r.attempts.WithLabelValues(k.service, k.variant),
		retries:  r.retries.WithLabelValues(k.service, k.variant),
	}
	for i, c := range codes {
		s.count[i] = r.count.WithLabelValues(k.listener, k.service, k.variant, c)
	}
	return s
}

func (r *requests) observe(x *exchange.Exchange, took float64) {
	s := r.bound.Get(requestKeyOf(x))
	s.count[code(x.Status)].Inc()
	s.duration.Observe(took)
	if x.BytesIn > 0 {
		s.in.Add(float64(x.BytesIn))
	}
	s.out.Add(float64(x.BytesOut))
	s.attempts.Add(float64(x.Attempts))
	if x.Attempts > 1 {
		s.retries.Add(float64(x.Attempts - 1))
	}
	s.seen.Add(1)
}

// requestKeyOf names the first service of the route where no target of it was
// left, so that a service without instances shows.
func requestKeyOf(x *exchange.Exchange) requestKey {
	k := requestKey{listener: x.Client.Listener}
	switch {
	case x.Target != nil:
		k.service, k.variant = x.Target.Service(), x.Target.Variant()
	case x.Route != nil:
		if services := x.Route.Services(); len(services) > 0 {
			k.service = services[0]
		}
	}
	return k
}

func (r *requests) drop(gone func(service, variant string) bool) {
	r.bound.Drop(func(k requestKey) bool { return gone(k.service, k.variant) }, func(k requestKey) {
		for _, c := range codes {
			r.count.DeleteLabelValues(k.listener, k.service, k.variant, c)
		}
		r.duration.DeleteLabelValues(k.service, k.variant)
		for _, v := range []*prometheus.CounterVec{r.in, r.out, r.attempts, r.retries} {
			v.DeleteLabelValues(k.service, k.variant)
		}
	})
}
