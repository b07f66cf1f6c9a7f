package controller

import (
	"context"

	"weir/rollout"
	"weir/rollout/detect"
	"weir/rollout/policy"
	"weir/route"
)

// Publisher is the part of a registry.Publisher that a Controller needs.
type Publisher interface {
	// Instances are those that the sources knew last, and whether all sources
	// can be read now. They are not changed.
	Instances() (all []route.Instance, fresh bool)
	// Intended is the intent of a person that the current table follows.
	Intended(s route.Scope) (in route.Intent, ok bool)
	// Generation is that of the state which the current table follows.
	Generation(s route.Scope) uint64
	// Changed is closed when there may be something new.
	Changed() <-chan struct{}
}

// Nomad is what the leader asks of Nomad. What is read must be known already:
// these calls do not wait. It is called by several goroutines.
type Nomad interface {
	// Allocations is what is known of these allocations, by ID. What is asked for
	// again and again is kept up to date.
	Allocations(ids []string) map[string]detect.Allocation
	// Deployments are that of n.JobVersion, and that of the job's greatest version,
	// which may be the same; nil where none is known.
	Deployments(n detect.Nomad) (own, latest *rollout.Deployment)
	// Changed is closed when there may be something new.
	Changed() <-chan struct{}
	// Promote, Fail and Revert do what the actions of the same name say. All may
	// be asked for more than once.
	Promote(ctx context.Context, n detect.Nomad) error
	Fail(ctx context.Context, n detect.Nomad) error
	Revert(ctx context.Context, stable, candidate detect.Nomad) error
}

// Listener is told of transitions.
type Listener interface {
	// Written is called after each transition that this proxy has written, for
	// itself or for a person. It does not wait. It is called by several
	// goroutines, and changes neither.
	Written(s rollout.State, e rollout.Entry)
}

// Gates asks others whether a rollout may go on. It is called by several
// goroutines.
type Gates interface {
	// Ask waits for the answer of a gate, with tries of its own, until ctx ends,
	// which is when the gate's time is over. An error is no answer.
	Ask(ctx context.Context, s rollout.State, g policy.Gate) (rollout.Said, error)
}
