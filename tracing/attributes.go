package tracing

import (
	"bytes"
	"crypto/tls"
	"net"
	"strconv"
	"strings"

	"go.opentelemetry.io/otel/attribute"

	"weir/proxy/exchange"
	"weir/route"
)

// maxValue bounds an attribute, in bytes.
const maxValue = 1024

// method is the name of a span before its route is known: any other word of a
// client would make a series of its own.
func method(m []byte) string {
	switch string(m) {
	case "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT":
		return string(m)
	}
	return "HTTP"
}

// clean makes text of what a client sent: a span with anything else cannot be
// sent, and with it all of its batch.
func clean(b []byte) string {
	return strings.ToValidUTF8(string(b[:min(len(b), maxValue)]), "\ufffd")
}

// asked is what is known before anything is decided, by OpenTelemetry's names. The
// query is left out: it may hold what nobody else is to see.
func asked(x *exchange.Exchange) []attribute.KeyValue {
	path, _, _ := bytes.Cut(x.URI, []byte("?"))
	list := []attribute.KeyValue{
		attribute.String("http.request.method", method(x.Method)),
		attribute.String("url.scheme", "http"),
		attribute.String("url.path", clean(path)),
		attribute.String("server.address", clean(x.Host)),
		attribute.String("client.address", x.Client.Remote.Addr().String()),
		attribute.String("network.protocol.version", [...]string{"1.0", "1.1", "2"}[x.Proto]),
		attribute.String("weir.listener", x.Client.Listener),
	}
	if state := x.Client.TLS; state != nil {
		list[1] = attribute.String("url.scheme", "https")
		list = append(list, attribute.String("tls.protocol.version", strings.TrimPrefix(tls.VersionName(state.Version), "TLS ")))
	}
	for i := range x.Fields {
		if f := &x.Fields[i]; f.Is("user-agent") {
			list = append(list, attribute.String("user_agent.original", clean(f.Value)))
			break
		}
	}
	return list
}

// answered is what is known at the end.
func answered(x *exchange.Exchange) []attribute.KeyValue {
	list := []attribute.KeyValue{
		attribute.Int("http.response.status_code", x.Status),
		attribute.Int64("http.request.body.size", x.BytesIn),
		attribute.Int64("http.response.body.size", x.BytesOut),
		attribute.Int("weir.attempts", x.Attempts),
	}
	if x.Route != nil {
		list = append(list, attribute.String("http.route", x.Route.Key()))
	}
	if t := x.Target; t != nil {
		list = append(list, attribute.String("weir.service", t.Service()), attribute.String("weir.variant", t.Variant()))
	}
	if x.ID != nil {
		list = append(list, attribute.String("weir.request_id", string(x.ID)))
	}
	return list
}

// sentTo is what is known of an attempt.
func sentTo(x *exchange.Exchange, t *route.Target) []attribute.KeyValue {
	host, port, err := net.SplitHostPort(t.Addr())
	n, perr := strconv.Atoi(port)
	if err != nil || perr != nil {
		host, n = t.Addr(), 0
	}
	return []attribute.KeyValue{
		attribute.String("http.request.method", method(x.Method)),
		attribute.String("server.address", host),
		attribute.Int("server.port", n),
		attribute.Int("http.request.resend_count", x.Attempts-1),
		attribute.String("weir.service", t.Service()),
		attribute.String("weir.variant", t.Variant()),
		attribute.String("weir.version", t.Version()),
		attribute.String("weir.instance", t.Instance()),
	}
}
