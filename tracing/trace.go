package tracing

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"weir/proxy/exchange"
	"weir/route"
)

// follow is the exchange.Trace of one exchange.
type follow struct {
	t       *Tracer
	server  trace.Span
	ctx     context.Context // of the server span
	attempt trace.Span
}

// Begin implements exchange.Tracer.
func (t *Tracer) Begin(x *exchange.Exchange) exchange.Trace {
	ctx := t.context.Extract(context.Background(), (*carrier)(x))
	if !x.Client.Trusted {
		ctx = context.WithValue(ctx, stranger{}, true)
	}
	f := &follow{t: t}
	f.ctx, f.server = t.tracer.Start(ctx, method(x.Method), trace.WithSpanKind(trace.SpanKindServer), trace.WithTimestamp(x.Start))
	if f.server.IsRecording() {
		f.server.SetAttributes(asked(x)...)
	}
	(*carrier)(x).remove()
	return f
}

// Attempt implements exchange.Trace.
func (f *follow) Attempt(x *exchange.Exchange, to *route.Target) {
	var ctx context.Context
	ctx, f.attempt = f.t.tracer.Start(f.ctx, method(x.Method), trace.WithSpanKind(trace.SpanKindClient))
	if f.attempt.IsRecording() {
		f.attempt.SetAttributes(sentTo(x, to)...)
	}
	f.t.context.Inject(ctx, (*carrier)(x))
}

// Attempted implements exchange.Trace.
func (f *follow) Attempted(x *exchange.Exchange, err error) {
	if f.attempt.IsRecording() {
		if x.Connected > 0 {
			f.attempt.SetAttributes(attribute.Float64("weir.connect.seconds", x.Connected.Seconds()))
		}
		if err == nil {
			f.attempt.SetAttributes(attribute.Int("http.response.status_code", x.Status))
		}
		ended(f.attempt, x.Status >= 400, err)
	}
	f.attempt.End()
}

// End implements exchange.Trace.
func (f *follow) End(x *exchange.Exchange) {
	if f.server.IsRecording() {
		f.server.SetAttributes(answered(x)...)
		if x.Route != nil {
			f.server.SetName(method(x.Method) + " " + x.Route.Key())
		}
		ended(f.server, x.Status >= 500, x.Err)
	}
	f.server.End()
}

// ended says how a span ended.
func ended(span trace.Span, failed bool, err error) {
	switch {
	case err != nil:
		span.SetStatus(codes.Error, clean([]byte(err.Error())))
	case failed:
		span.SetStatus(codes.Error, "")
	}
}
