package admin

import (
	"context"
	"net/http"

	"weir/intent"
	"weir/registry"
	"weir/rollout"
	"weir/rollout/controller"
	"weir/rollout/verdict"
	"weir/route"
)

// Publisher is what admin needs of registry.Publisher.
type Publisher interface {
	// Status tells of the current table and the sources it came from.
	Status() registry.Status
	// Problems lists what the current table could not honour.
	Problems() []route.Problem
	// Instances are those that the sources knew last, and whether all sources can
	// be read now. They are not changed.
	Instances() (all []route.Instance, fresh bool)
	// Try is the table that there would be if in were asked for its scope, or
	// nothing if it has no shares.
	Try(in route.Intent) *route.Table
	// Changed is closed when the next table is in use.
	Changed() <-chan struct{}
	// Applied is the index of the intent of s that the current table was built
	// with; 0 when there was none.
	Applied(s route.Scope) uint64
}

// Intents is what admin needs of intent.Store: what people asked for, each with
// the index of its last write.
type Intents interface {
	List(ctx context.Context) ([]intent.Entry, []route.Problem, error)
	// Get returns store.ErrNotFound when nothing is asked for s.
	Get(ctx context.Context, s route.Scope) (intent.Entry, error)
	// Put writes in when the index of its scope is still index (0: nothing is
	// there), else it returns a *intent.ConflictError.
	Put(ctx context.Context, in route.Intent, index uint64) (intent.Entry, error)
	// Delete removes the intent of s under the same condition.
	Delete(ctx context.Context, s route.Scope, index uint64) error
}

// Overrides keeps the operators' texts in the route command language, as fabio
// does below its KV path. path is "" for the text at the KV path itself and
// "/canary" for one below.
type Overrides interface {
	Paths(ctx context.Context) ([]string, error)
	// Read gives an empty text and version 0 when there is none.
	Read(ctx context.Context, path string) (text string, version uint64, err error)
	// Write returns a *store.ConflictError when the text has another version by
	// now. A text that does not exist is made whatever version says.
	Write(ctx context.Context, path, text string, version uint64) error
}

// Fleet answers the other proxies of a fleet.
type Fleet interface {
	http.Handler
	// Proven reports whether a request is of such a proxy.
	Proven(r *http.Request) bool
}

// Rollouts is what admin needs of controller.Controller.
type Rollouts interface {
	// List lists what is known, services first, by name.
	List() []controller.Rollout
	// Get is what is known of a scope; false when that is nothing.
	Get(s route.Scope) (controller.Rollout, bool)
	// Fleet lists the proxies that may be alive, by name.
	Fleet() []controller.Peer
	// Tell asks these how far they are, by name. It takes up to two seconds.
	Tell(ctx context.Context) map[string]controller.Told
	// History is newest first, Audit oldest first. The problems are documents
	// that cannot be read.
	History(ctx context.Context, s route.Scope) ([]rollout.Record, []route.Problem, error)
	Audit(ctx context.Context, s route.Scope) ([]rollout.Entry, []route.Problem, error)
	// Evidence is that of the rollout with the ID it returns, or
	// store.ErrNotFound.
	Evidence(ctx context.Context, s route.Scope) (rollout string, e *verdict.Evidence, err error)

	// Recording is what the last rollout was judged by, as a recording, or
	// store.ErrNotFound.
	Recording(ctx context.Context, s route.Scope) ([]byte, error)

	// Command does what a person asks for, if the state is at generation (0:
	// whatever it is at). Errors are *controller.UnknownError,
	// *controller.GenerationError, rollout.Refused, or that of the store.
	Command(ctx context.Context, s route.Scope, do rollout.Command, generation uint64) (rollout.State, error)
	// Emergency takes the candidate's traffic away on this proxy alone, as long as
	// the store cannot be written. Errors are *controller.WritableError,
	// *controller.UnknownError or rollout.Refused.
	Emergency(ctx context.Context, s route.Scope, by, reason string) (controller.Emergency, error)
	// TryCommand returns the state that would follow, with the same errors, and
	// changes nothing.
	TryCommand(ctx context.Context, s route.Scope, do rollout.Command, generation uint64) (rollout.State, error)
	// Restore writes the last good state back where its document was deleted or
	// cannot be read.
	Restore(ctx context.Context, s route.Scope) (rollout.State, error)

	// Policies are those of this proxy's files and of the store, by name.
	Policies(ctx context.Context) ([]controller.Policy, error)
	// Policy returns store.ErrNotFound when there is none of that name.
	Policy(ctx context.Context, name string) (controller.Policy, error)
	// PutPolicy writes a policy if that of the name is still at index (0: there
	// is none), else it returns a *store.ConflictError; a *controller.FileError
	// where a file has one of that name or for that scope.
	PutPolicy(ctx context.Context, name, text string, index uint64) (controller.Policy, error)
	// DeletePolicy removes one under the same condition.
	DeletePolicy(ctx context.Context, name string, index uint64) error
}
