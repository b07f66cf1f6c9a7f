// Package registry learns what runs where and publishes the routing table.
package registry

import (
	"context"
	"time"

	"weir/route"
)

// Snapshot is the whole of what one source knows at one moment.
type Snapshot struct {
	Instances   []route.Instance
	Commands    []route.Commands
	Problems    []route.Problem // with what is not in Commands because it cannot be read
	NoRouteHTML string          // page for requests that have no route; empty: none

	// At is when the source was last read as a whole; zero means never, and
	// then there is nothing but Err.
	At time.Time
	// Err says that the source cannot be read; the rest is then what it knew
	// at At.
	Err error `json:"-"`
}

// Source is one registry: consul, nomad, file, static, custom or inproc.
type Source interface {
	// Name is shown in health, problems and logs: "consul 127.0.0.1:8500".
	Name() string
	// Run sends a complete snapshot at once and at each change, and one with Err
	// when the source cannot be read. What it has sent it does not change. It
	// returns only when ctx ends, with the cause of that, and never closes out.
	Run(ctx context.Context, out chan<- Snapshot) error
}
