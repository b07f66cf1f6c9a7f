package app

import (
	"sync"
	"time"

	"weir/registry"
	"weir/rollout/controller"
	"weir/route"
)

// teller tells the fleet of the table of this proxy.
type teller struct {
	live   *route.Live
	status func() registry.Status

	mu     sync.Mutex
	of     *route.Table // of which digest is
	digest string
}

// now is the table in use.
func (t *teller) now() controller.Table {
	s := t.status()
	told := controller.Table{Generation: s.Generation, Published: s.Published, Routes: s.Routes}
	for _, source := range s.Sources {
		told.StaleSeconds = max(told.StaleSeconds, source.Stale(time.Now()).Seconds())
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if table := t.live.Load(); table != t.of {
		t.of, t.digest = table, controller.Digest(table)
	}
	told.Digest = t.digest
	return told
}
