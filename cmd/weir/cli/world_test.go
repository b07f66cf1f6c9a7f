package cli

import (
	"context"
	"maps"
	"slices"
	"sync"

	"weir/store"
)

// texts are overrides in memory.
type texts struct {
	mu sync.Mutex
	of map[string]string
	at uint64
}

func (o *texts) Paths(context.Context) ([]string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Sorted(maps.Keys(o.of)), nil
}

func (o *texts) Read(_ context.Context, path string) (string, uint64, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if text, ok := o.of[path]; ok {
		return text, o.at, nil
	}
	return "", 0, nil
}

func (o *texts) Write(_ context.Context, path, text string, version uint64) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, ok := o.of[path]; ok && version != o.at {
		return &store.ConflictError{}
	}
	if o.of == nil {
		o.of = map[string]string{}
	}
	o.of[path] = text
	o.at++
	return nil
}
