package exchange

import (
	"context"
	"sync"
	"time"

	"weir/route"
)

// Bounds of the copies that a proxy sends.
const (
	maxCopies    = 64               // under way
	maxCopyBytes = 1 << 20          // of an answer's body; where there are more the rest is not read
	maxCopyTime  = 10 * time.Second // for all of a copy; it may take a second more
)

// Mirror sends the copies of requests that trials ask for, and drops the answers.
// The request itself neither waits for its copy nor shares its fate: a copy that
// there is no room for is dropped. The zero value drops all of them until Run.
type Mirror struct {
	// Room reports whether a target may get a request that no client waits for;
	// nil: always.
	Room func(*route.Target) bool
	// Observer is told of every copy, from many goroutines, and must not block.
	// It must not keep it.
	Observer func(*Copy)

	mu     sync.Mutex
	runs   bool
	flying map[*Exchange]struct{}
	ended  sync.WaitGroup
}

// Run ends copies that take too long, until ctx ends; then all, and waits for
// them.
func (m *Mirror) Run(ctx context.Context) error {
	m.setRuns(true)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case now := <-tick.C:
			m.expire(now.Add(-maxCopyTime))
		case <-ctx.Done():
			m.setRuns(false)
			m.expire(time.Now())
			m.ended.Wait()
			return nil
		}
	}
}

func (m *Mirror) setRuns(runs bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.runs = runs
}

// expire ends the copies that began before.
func (m *Mirror) expire(before time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for c := range m.flying {
		if !c.Start.After(before) && c.leftFor() == goesOn {
			c.Expire()
		}
	}
}

// begin counts a copy in, if there is room for one.
func (m *Mirror) begin(c *Exchange) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.runs || len(m.flying) >= maxCopies {
		return false
	}
	if m.flying == nil {
		m.flying = map[*Exchange]struct{}{}
	}
	m.flying[c] = struct{}{}
	m.ended.Add(1)
	return true
}

func (m *Mirror) end(c *Exchange) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.flying, c)
	m.ended.Done()
}

func (m *Mirror) tell(c *Copy) {
	if m.Observer != nil {
		m.Observer(c)
	}
}
