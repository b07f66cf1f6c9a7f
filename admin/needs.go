package admin

import (
	"context"

	"weir/intent"
	"weir/registry"
	"weir/route"
)

// Publisher is what admin needs of registry.Publisher.
type Publisher interface {
	// Status tells of the current table and the sources it came from.
	Status() registry.Status
	// Problems lists what the current table could not honour.
	Problems() []route.Problem
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
