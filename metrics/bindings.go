package metrics

import (
	"maps"
	"sync"
	"sync/atomic"
)

// bindings finds the handles of a label set without a lock and without
// allocating, which a Vec's WithLabelValues cannot per request. New label sets
// are rare, so adding one copies the map.
type bindings[K comparable, V any] struct {
	bind func(K) V // makes the handles of a new key
	mu   sync.Mutex
	m    atomic.Pointer[map[K]V]
}

func newBindings[K comparable, V any](bind func(K) V) *bindings[K, V] {
	b := &bindings[K, V]{bind: bind}
	b.m.Store(&map[K]V{})
	return b
}

func (b *bindings[K, V]) get(k K) V {
	if v, ok := (*b.m.Load())[k]; ok {
		return v
	}
	return b.add(k)
}

func (b *bindings[K, V]) add(k K) V {
	b.mu.Lock()
	defer b.mu.Unlock()
	old := *b.m.Load()
	if v, ok := old[k]; ok {
		return v
	}
	next := maps.Clone(old)
	next[k] = b.bind(k)
	b.m.Store(&next)
	return next[k]
}

// drop forgets the keys for which gone is true and calls unbind for each. Who
// still holds the handles of such a key counts into the void.
func (b *bindings[K, V]) drop(gone func(K) bool, unbind func(K)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	next := maps.Clone(*b.m.Load())
	maps.DeleteFunc(next, func(k K, _ V) bool {
		if !gone(k) {
			return false
		}
		unbind(k)
		return true
	})
	b.m.Store(&next)
}
