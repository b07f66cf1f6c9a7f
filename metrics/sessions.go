package metrics

import (
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"weir/metrics/series"
	"weir/proxy/exchange"
)

// sessionKey is one set of labels of TCP sessions.
type sessionKey struct{ listener, service, variant, outcome string }

// sessionSeries are the bound handles of a sessionKey.
type sessionSeries struct {
	count    prometheus.Counter
	duration prometheus.Observer
	in, out  prometheus.Counter
	retries  prometheus.Counter
}

type sessions struct {
	bound    *series.Cache[sessionKey, *sessionSeries]
	count    *prometheus.CounterVec
	duration *prometheus.HistogramVec
	in, out  *prometheus.CounterVec
	retries  *prometheus.CounterVec
}

func newSessions(f factory) *sessions {
	s := &sessions{
		count: f.counter("weir_sessions_total",
			"TCP connections that ended, by outcome: ok, no_route, connect_failed, client_gone, drained, broken. Worry when connect_failed rises, or broken rises for one variant.",
			"listener", "service", "variant", "outcome"),
		duration: f.histogram("weir_session_duration_seconds",
			"How long TCP connections lived. Worry when it falls sharply: targets close on clients.",
			"service", "variant"),
		in: f.counter("weir_session_received_bytes_total",
			"Bytes of TCP connections from clients. Worry when it stops while connections are open.",
			"service", "variant"),
		out: f.counter("weir_session_sent_bytes_total",
			"Bytes of TCP connections to clients. Worry when it stops while connections are open.",
			"service", "variant"),
		retries: f.counter("weir_session_retries_total",
			"Connection attempts to targets after the first of a TCP connection. Worry when it is not near zero.",
			"service", "variant"),
	}
	s.bound = series.New(s.bind)
	return s
}

func (s *sessions) bind(k sessionKey) *sessionSeries {
	return &sessionSeries{
		count:    s.count.WithLabelValues(k.listener, k.service, k.variant, k.outcome),
		duration: s.duration.WithLabelValues(k.service, k.variant),
		in:       s.in.WithLabelValues(k.service, k.variant),
		out:      s.out.WithLabelValues(k.service, k.variant),
		retries:  s.retries.WithLabelValues(k.service, k.variant),
	}
}

func (s *sessions) observe(e *exchange.Session) {
	b := s.bound.Get(sessionKey{e.Listener, e.Service, e.Variant, outcome(e)})
	b.count.Inc()
	b.duration.Observe(time.Since(e.Start).Seconds())
	b.in.Add(float64(e.BytesIn))
	b.out.Add(float64(e.BytesOut))
	if e.Attempts > 1 {
		b.retries.Add(float64(e.Attempts - 1))
	}
}

// outcome names how a session ended, from a small fixed set.
func outcome(e *exchange.Session) string {
	if e.Err == nil {
		return "ok"
	}
	return failure(e)
}

func failure(e *exchange.Session) string {
	var attempt *exchange.AttemptError
	switch {
	case e.Service == "":
		return "no_route"
	case errors.Is(e.Err, exchange.ErrDrained):
		return "drained"
	case !errors.As(e.Err, &attempt):
		return "broken"
	case attempt.Kind == exchange.ConnectFailed:
		return "connect_failed"
	case attempt.Kind == exchange.ClientGone:
		return "client_gone"
	}
	return "broken"
}

func (s *sessions) drop(gone func(service, variant string) bool) {
	s.bound.Drop(func(k sessionKey) bool { return gone(k.service, k.variant) }, func(k sessionKey) {
		s.count.DeleteLabelValues(k.listener, k.service, k.variant, k.outcome)
		s.duration.DeleteLabelValues(k.service, k.variant)
		for _, v := range []*prometheus.CounterVec{s.in, s.out, s.retries} {
			v.DeleteLabelValues(k.service, k.variant)
		}
	})
}
