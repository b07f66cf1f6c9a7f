package consulkv

import (
	"context"

	"weir/store"
)

// Watch implements store.Store with one blocking query.
func (s *Store) Watch(ctx context.Context, prefix string, each func([]store.Entry, error)) error {
	var last []store.Entry
	known := false // last is what each was told last
	query := func(ctx context.Context, index uint64) ([]store.Entry, uint64, error) {
		return s.list(ctx, prefix, index)
	}
	return Follow(ctx, s.client.Retry(), query, func(entries []store.Entry, err error) {
		// A blocking query also ends when its time is over, or for a change
		// elsewhere in the KV.
		if err == nil && known && store.Same(entries, last) {
			return
		}
		last, known = entries, err == nil
		each(entries, err)
	})
}
