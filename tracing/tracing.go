// Package tracing tells an OpenTelemetry collector of the requests that weir
// serves: a server span for each, a client span for each attempt to reach a
// target, which gets the context of that (W3C Trace Context).
package tracing

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"weir/proxy/exchange"
)

// Config is what a Tracer needs.
type Config struct {
	// Endpoint is the URL that spans are sent to in OTLP over HTTP, such as
	// "http://127.0.0.1:4318/v1/traces".
	Endpoint string
	// Sample is the part of the requests that is traced, 0 to 1, where no trusted
	// peer has decided.
	Sample  float64
	Service string // name of this service
	Version string // of it
	Log     *slog.Logger
}

const (
	exportTime = 10 * time.Second // for one batch
	endTime    = 5 * time.Second  // for the last one
)

// Tracer is the exchange.Tracer. It is safe for concurrent use.
type Tracer struct {
	log      *slog.Logger
	client   *http.Client
	provider *sdk.TracerProvider
	tracer   trace.Tracer
	context  propagation.TraceContext
}

var _ exchange.Tracer = (*Tracer)(nil)

// New makes a Tracer, which sends spans in batches until Close. What does not fit
// into its queue is dropped: nobody waits for it.
func New(c Config) (*Tracer, error) {
	client := &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}
	exporter, err := otlptracehttp.New(context.Background(), otlptracehttp.WithEndpointURL(c.Endpoint), otlptracehttp.WithHTTPClient(client),
		otlptracehttp.WithTimeout(exportTime), otlptracehttp.WithRetry(otlptracehttp.RetryConfig{}))
	if err != nil {
		return nil, fmt.Errorf("tracing: %w", err)
	}
	about := resource.NewSchemaless(attribute.String("service.name", c.Service), attribute.String("service.version", c.Version))
	limits := sdk.NewSpanLimits()
	limits.AttributeValueLengthLimit = maxValue
	provider := sdk.NewTracerProvider(sdk.WithResource(about), sdk.WithSampler(sampler{c.Sample}), sdk.WithRawSpanLimits(limits),
		sdk.WithBatcher(&told{SpanExporter: exporter, log: c.Log}, sdk.WithBatchTimeout(time.Second)))
	return &Tracer{log: c.Log, client: client, provider: provider, tracer: provider.Tracer("weir")}, nil
}

// Run closes t when ctx ends.
func (t *Tracer) Run(ctx context.Context) error {
	<-ctx.Done()
	return t.Close()
}

// Close sends what is left, for at most five seconds. Later calls do nothing.
func (t *Tracer) Close() error {
	ending, cancel := context.WithTimeout(context.Background(), endTime)
	defer cancel()
	if err := t.provider.Shutdown(ending); err != nil {
		t.log.Warn("the last spans were not sent", "error", err)
	}
	t.client.CloseIdleConnections()
	return nil
}

// told is an exporter that says so when its failures begin and end. It fails for
// nobody else: OpenTelemetry would tell a handler that all of a process share.
type told struct {
	sdk.SpanExporter
	log     *slog.Logger
	failing bool
}

// ExportSpans is called by one goroutine at a time.
func (e *told) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	err := e.SpanExporter.ExportSpans(ctx, spans)
	switch {
	case err != nil && !e.failing:
		e.log.Warn("spans cannot be sent", "error", err)
	case err == nil && e.failing:
		e.log.Info("spans can be sent again")
	}
	e.failing = err != nil
	return nil
}
