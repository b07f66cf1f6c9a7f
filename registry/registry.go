// Package registry learns what runs where and publishes the routing table.
package registry

import (
	"context"
	"time"

	"weir/route"
)

// Snapshot is the whole of what one source knows at one moment.
type Snapshot struct {
	Instances []route.Instance
	Commands  []route.Commands
	// Err says that the source could not be read; the rest is then what it
	// last knew, and At the time of that.
	Err error
	At  time.Time
}

// Source is one registry: consul, file or static.
type Source interface {
	// Name is shown in health, problems and logs: "consul 127.0.0.1:8500".
	Name() string
	// Run sends a complete snapshot at once and at each change. It returns only
	// when ctx ends and never closes out.
	Run(ctx context.Context, out chan<- Snapshot) error
}
