package e2e

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"weir/internal/testenv"
)

// rollout replaces the instances of a job while clients go on.
type rollout struct {
	*weir
	t       *testing.T
	consul  *testenv.Consul
	hello   []byte
	running sync.WaitGroup // of the instances
	made    int            // instances so far
}

// The names of the two services.
const (
	rollWeb = "web.roll.test"
	rollSNI = "sni.roll.test"
)

// replace ends instances, 10 ms before they leave Consul, and returns those
// that took their place. Nomad starts the new ones first in a blue/green
// deployment, else last.
func (r *rollout) replace(old []*instance, newFirst bool) (fresh []*instance) {
	r.t.Helper()
	begin := func() {
		for range old {
			fresh = append(fresh, r.begin())
		}
		r.known(fresh)
	}
	if newFirst {
		begin()
	}
	for _, i := range old {
		r.deaf(i)
	}
	notice := time.NewTicker(10 * time.Millisecond)
	defer notice.Stop()
	<-notice.C
	for _, i := range old {
		r.gone(i)
	}
	if !newFirst {
		begin()
	}
	return fresh
}

// known waits until the table has these instances.
func (r *rollout) known(all []*instance) {
	r.t.Helper()
	testenv.Eventually(r.t, within, func() error {
		table := r.api("GET", "/api/routes?raw", "").body
		for _, i := range all {
			if !strings.Contains(table, i.web.Addr().String()) || !strings.Contains(table, i.sni.Addr().String()) {
				return fmt.Errorf("%s is not in the table yet", i.name)
			}
		}
		return nil
	})
}

// TestRollingReplacementsLoseNothing: 60 instances stop listening 10 ms before
// they leave Consul, one by one or three at a time, under 500 requests and 200
// connections a second. The job never has fewer than two other instances or
// three new ones, and no client notices anything.
func TestRollingReplacementsLoseNothing(t *testing.T) {
	t.Parallel()
	c := testenv.SharedConsul(t)
	r := &rollout{t: t, consul: c, hello: testenv.ClientHello(t, rollSNI), weir: start(t, "http tcp+sni", consulFlags(c, c.Addr)...)}
	job := []*instance{r.begin(), r.begin(), r.begin()}
	t.Cleanup(func() {
		for _, i := range job {
			r.deaf(i)
		}
		r.running.Wait()
	})
	r.known(job)
	load := testenv.StartLoad(t,
		testenv.Paced(10, 50, func() testenv.Client { return &testenv.Requests{Addr: r.listen[0], Host: rollWeb} }),
		testenv.Paced(10, 20, func() testenv.Client { return &testenv.Hellos{Addr: r.listen[1], Hello: r.hello} }),
	)
	for i := range 30 {
		job = append(job[1:], r.replace(job[:1], false)...)
		if i%3 == 2 {
			job = r.replace(job, true)
		}
	}
	load.Stop()
	if r.made != 3+60 {
		t.Errorf("%d instances were replaced, want 60", r.made-3)
	}
}
