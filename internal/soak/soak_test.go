package soak

import (
	"context"
	"flag"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"weir/internal/testenv"
)

var soakFor = flag.Duration("soak", 5*time.Second, "for how long the soak runs")

// soak is one run.
type soak struct {
	edge    *edge
	cluster *cluster
	closers []func()

	made atomic.Int64
	mu   sync.Mutex
	lost []string // failures that nothing explains
	kept int      // failures that an instance explains which broke off
}

// TestNothingIsLost runs clients of all kinds while tables are swapped and
// instances leave, break off and come. -soak says for how long.
func TestNothingIsLost(t *testing.T) {
	files := openFiles(t)
	e, stop := startWeir(t)
	s := &soak{edge: e, cluster: newCluster(t, e)}
	s.awaitTable(t)
	ctx, end := context.WithTimeout(context.Background(), *soakFor)
	defer end()
	var clients sync.WaitGroup
	for n, c := range s.clients() {
		clients.Go(func() { s.run(ctx, fmt.Sprintf("%s %d", c.name, n), c) })
	}
	s.shake(ctx)
	clients.Wait()
	for _, c := range s.closers {
		c()
	}
	stop()
	s.cluster.stop()
	s.judge(t)
	if now := openFiles(t); now > files {
		t.Errorf("%d file descriptors were open before, %d after", files, now)
	}
}

// run makes requests until ctx ends. A request that is under way then may
// finish.
func (s *soak) run(ctx context.Context, name string, c client) {
	for n := 0; ctx.Err() == nil; n++ {
		id, from := fmt.Sprintf("%s/%d", name, n), time.Now()
		within, done := context.WithTimeout(context.Background(), 30*time.Second)
		err := c.do(within, id)
		done()
		s.made.Add(1)
		if err != nil {
			s.failed(id, from, err)
		}
	}
}

// awaitTable waits until weir serves all routes.
func (s *soak) awaitTable(t *testing.T) {
	t.Helper()
	testenv.Eventually(t, 5*time.Second, func() error {
		return s.throughSNI(t.Context(), "first")
	})
}

func (s *soak) failed(id string, from time.Time, err error) {
	excused := s.cluster.excuse(id, from)
	s.mu.Lock()
	defer s.mu.Unlock()
	if excused {
		s.kept++
		return
	}
	s.lost = append(s.lost, fmt.Sprintf("%s after %v: %v", id, time.Since(from).Round(time.Millisecond), err))
}

// shake swaps tables at every tick and replaces an instance at every tenth.
func (s *soak) shake(ctx context.Context) {
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if n%10 == 0 {
			s.cluster.replace(n%20 == 0)
		} else {
			s.cluster.publish()
		}
	}
}

func (s *soak) judge(t *testing.T) {
	t.Helper()
	unheard := s.cluster.unheard()
	t.Logf("%d requests over %d instances and %d tables; %d lost their instance, %d were lost before one read them (at most %d were)",
		s.made.Load(), len(s.cluster.ever), s.cluster.flips, s.kept, len(s.lost), unheard)
	if len(s.lost) > unheard {
		for _, l := range s.lost[:min(len(s.lost), 20)] {
			t.Error(l)
		}
	}
}

func openFiles(t *testing.T) int {
	t.Helper()
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(files)
}
