package embedded

import (
	"context"

	"weir/store"
)

// Watch implements store.Store.
func (s *Store) Watch(ctx context.Context, prefix string, each func([]store.Entry, error)) error {
	var last []store.Entry
	for known := false; ; {
		changed := s.change()
		entries, err := s.List(ctx, prefix)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil || !known || !store.Same(entries, last) {
			last, known = entries, err == nil
			each(entries, err)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
