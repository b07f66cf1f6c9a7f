// Package static is a registry.Source of route commands that never change.
package static

import (
	"context"
	"time"

	"weir/registry"
	"weir/route"
)

// Source holds the route commands of a configuration.
type Source struct {
	Routes      string // one command a line
	NoRouteHTML string // page for requests without a route; empty: none
}

// Name implements registry.Source.
func (s Source) Name() string { return "static" }

// Run implements registry.Source.
func (s Source) Run(ctx context.Context, out chan<- registry.Snapshot) error {
	snapshot := registry.Snapshot{
		Commands: []route.Commands{{Source: "static", Text: s.Routes}}, NoRouteHTML: s.NoRouteHTML, At: time.Now(),
	}
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case out <- snapshot:
	}
	<-ctx.Done()
	return context.Cause(ctx)
}
