package testenv

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Client makes requests one after the other, on one goroutine.
type Client interface {
	Once() error
	Close()
}

// Load is clients at work until Stop, or the end of the test.
type Load struct {
	t       testing.TB
	begun   time.Time
	end     sync.Once
	ended   chan struct{}
	running sync.WaitGroup
	done    atomic.Int64
	mu      sync.Mutex
	failed  []string
}

// StartLoad starts groups of clients.
func StartLoad(t testing.TB, groups ...func(*Load)) *Load {
	l := &Load{t: t, begun: time.Now(), ended: make(chan struct{})}
	t.Cleanup(l.Stop)
	for _, group := range groups {
		group(l)
	}
	return l
}

// Paced is a group of clients that each begin so many requests a second, or as
// many as the machine allows.
func Paced(clients, perSecond int, make func() Client) func(*Load) {
	return func(l *Load) {
		for range clients {
			l.running.Go(func() { l.work(make(), time.Second/time.Duration(perSecond)) })
		}
	}
}

func (l *Load) work(c Client, every time.Duration) {
	defer c.Close()
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-l.ended:
			return
		case <-tick.C:
		}
		err := c.Once()
		l.done.Add(1)
		if err != nil {
			l.mu.Lock()
			l.failed = append(l.failed, fmt.Sprintf("after %v: %v", time.Since(l.begun).Round(time.Millisecond), err))
			l.mu.Unlock()
		}
	}
}

// Stop ends the clients and fails the test if any request has failed. Later
// calls do nothing.
func (l *Load) Stop() { l.end.Do(l.stop) }

func (l *Load) stop() {
	close(l.ended)
	l.running.Wait()
	took := time.Since(l.begun)
	l.t.Logf("%d requests and connections in %v, %.0f a second", l.done.Load(), took, float64(l.done.Load())/took.Seconds())
	if n := len(l.failed); n > 0 {
		l.t.Errorf("%d of %d failed, such as %q", n, l.done.Load(), l.failed[:min(n, 20)])
	}
}
