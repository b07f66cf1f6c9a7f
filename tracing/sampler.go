package tracing

import (
	"context"
	"math/rand/v2"

	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// sampler follows the decision of a parent: ours, and that of a peer which is
// trusted. A stranger's trace goes on, but whether it is recorded is drawn:
// else anybody could have all requests recorded.
type sampler struct{ part float64 }

// stranger marks the context of a request whose peer is not trusted.
type stranger struct{}

// ShouldSample implements sdk.Sampler.
func (s sampler) ShouldSample(p sdk.SamplingParameters) sdk.SamplingResult {
	parent := trace.SpanContextFromContext(p.ParentContext)
	wanted := parent.IsSampled()
	if !parent.IsValid() || parent.IsRemote() && isStranger(p.ParentContext) {
		wanted = rand.Float64() < s.part
	}
	result := sdk.SamplingResult{Decision: sdk.Drop, Tracestate: parent.TraceState()}
	if wanted {
		result.Decision = sdk.RecordAndSample
	}
	return result
}

func isStranger(ctx context.Context) bool { return ctx.Value(stranger{}) != nil }

// Description implements sdk.Sampler.
func (s sampler) Description() string { return "weir" }
