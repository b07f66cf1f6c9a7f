package auth

import (
	"sync"
	"time"
)

// maxKept bounds what is remembered of clients, each a few dozen bytes.
const maxKept = 10_000

// recent remembers values for a time, and at most maxKept of them. It is safe
// for concurrent use.
type recent[V any] struct {
	mu   sync.Mutex
	kept map[string]entry[V]
}

type entry[V any] struct {
	value V
	until time.Time
}

func (r *recent[V]) get(key string) (v V, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e, ok := r.kept[key]
	if !ok || !e.until.After(time.Now()) {
		return v, false
	}
	return e.value, true
}

// put remembers v until then. Where there is no room something else is
// forgotten, first what is over.
func (r *recent[V]) put(key string, v V, until time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.set(key, v, until)
}

func (r *recent[V]) set(key string, v V, until time.Time) {
	if r.kept == nil {
		r.kept = map[string]entry[V]{}
	}
	if _, there := r.kept[key]; !there && len(r.kept) >= maxKept {
		r.makeRoom(time.Now())
	}
	r.kept[key] = entry[V]{v, until}
}

// makeRoom forgets all that is over or, if that is nothing, a tenth of the rest,
// so that a full memory is not searched at each call.
func (r *recent[V]) makeRoom(now time.Time) {
	for key, e := range r.kept {
		if !e.until.After(now) {
			delete(r.kept, key)
		}
	}
	for key := range r.kept {
		if len(r.kept) < maxKept*9/10 {
			return
		}
		delete(r.kept, key)
	}
}

// limiter lets each key fail some times at once, and once an interval after
// that. It keeps one time for a key: until when its debt lasts.
type limiter struct {
	burst    int
	interval time.Duration
	debts    recent[struct{}]
}

// take counts an attempt, or says for how long the next has to wait. An attempt
// counts before it is known to fail: many at once would pass otherwise.
func (l *limiter) take(key string) (wait time.Duration) {
	l.debts.mu.Lock()
	defer l.debts.mu.Unlock()
	now := time.Now()
	until := now
	if e, ok := l.debts.kept[key]; ok && e.until.After(now) {
		until = e.until
	}
	if wait = until.Sub(now) - time.Duration(l.burst-1)*l.interval; wait > 0 {
		return wait
	}
	l.debts.set(key, struct{}{}, until.Add(l.interval))
	return 0
}

// give takes back an attempt that succeeded.
func (l *limiter) give(key string) {
	l.debts.mu.Lock()
	defer l.debts.mu.Unlock()
	if e, ok := l.debts.kept[key]; ok {
		e.until = e.until.Add(-l.interval)
		l.debts.kept[key] = e
	}
}
