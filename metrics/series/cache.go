// Package series keeps the handles of metrics by their labels.
package series

import (
	"iter"
	"maps"
	"sync"
	"sync/atomic"
)

// Cache finds the handles of a set of labels without a lock and without
// allocating, which a Vec's WithLabelValues cannot. Sets that were added lately
// are found under a lock, until that has happened so often that copying all of
// them is cheaper; so many new ones cost no more than few. Make one with New.
type Cache[K comparable, V any] struct {
	bind func(K) V // makes the handles of a new key
	read atomic.Pointer[map[K]V]

	mu     sync.Mutex
	all    map[K]V // read and what was added since; nil when that is nothing
	misses int     // finds in all since it was copied
}

// New makes a cache whose handles are made by bind.
func New[K comparable, V any](bind func(K) V) *Cache[K, V] {
	c := &Cache[K, V]{bind: bind}
	c.read.Store(&map[K]V{})
	return c
}

// Get returns the handles of k, and makes them the first time.
func (c *Cache[K, V]) Get(k K) V {
	if v, ok := (*c.read.Load())[k]; ok {
		return v
	}
	return c.late(k)
}

// late finds k among what was added lately, or adds it.
func (c *Cache[K, V]) late(k K) V {
	c.mu.Lock()
	defer c.mu.Unlock()
	read := *c.read.Load()
	if v, ok := read[k]; ok {
		return v
	}
	if c.all == nil {
		c.all = maps.Clone(read)
	}
	v, ok := c.all[k]
	if !ok {
		v = c.bind(k)
		c.all[k] = v
	}
	if c.misses++; c.misses >= len(c.all) {
		c.publish(c.all)
	}
	return v
}

// publish makes m what is found without a lock. The lock is held.
func (c *Cache[K, V]) publish(m map[K]V) {
	c.read.Store(&m)
	c.all, c.misses = nil, 0
}

// All goes over all keys and their handles, those of a moment.
func (c *Cache[K, V]) All() iter.Seq2[K, V] {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all != nil {
		c.publish(c.all)
	}
	return maps.All(*c.read.Load())
}

// Drop forgets the keys for which gone is true and calls unbind for each. Who
// still holds the handles of such a key counts into the void.
func (c *Cache[K, V]) Drop(gone func(K) bool, unbind func(K)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	left := c.all
	if left == nil {
		left = maps.Clone(*c.read.Load())
	}
	maps.DeleteFunc(left, func(k K, _ V) bool {
		if !gone(k) {
			return false
		}
		unbind(k)
		return true
	})
	c.publish(left)
}
