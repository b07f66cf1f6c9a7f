package nomad

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"weir/internal/testenv"
	"weir/rollout/detect"
)

var update = flag.Bool("update", false, "rewrite testdata/told.txtar")

// start runs a client of f until the test ends.
func start(t *testing.T, addr string, change ...func(*Config)) *Client {
	t.Helper()
	conf := Config{Addr: addr, Token: token, Log: slog.New(slog.NewTextHandler(t.Output(), nil))}
	for _, do := range change {
		do(&conf)
	}
	c, err := New(conf)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Run returned %v", err)
		}
	})
	return c
}

// ids are the allocations of what f shows, as Consul's service IDs tell them.
func (f *fake) ids() (list []string) {
	f.Lock()
	defer f.Unlock()
	for _, a := range f.phase.Allocations {
		list = append(list, a["ID"].(string))
	}
	return list
}

// theJob is the job of the recorded answers, for the calls that want only that.
func theJob() detect.Nomad { return detect.Nomad{Namespace: "default", Job: jobName, Group: jobName} }

// until waits until what c tells of the allocations fits.
func until(t *testing.T, c *Client, ids []string, fits func(map[string]detect.Allocation) error) map[string]detect.Allocation {
	t.Helper()
	var all map[string]detect.Allocation
	testenv.Eventually(t, 20*time.Second, func() error {
		all = c.Allocations(ids)
		return fits(all)
	})
	return all
}

func complete(ids []string) func(map[string]detect.Allocation) error {
	return func(all map[string]detect.Allocation) error {
		if len(all) != len(ids) {
			return fmt.Errorf("%d of %d allocations are known", len(all), len(ids))
		}
		return nil
	}
}

// tell is what c tells of the job.
func tell(c *Client, ids []string) string {
	var b strings.Builder
	all := c.Allocations(ids)
	for _, id := range slices.Sorted(maps.Keys(all)) {
		a := all[id]
		fmt.Fprintf(&b, "allocation %.8s: version %d, runs %.6s, canary %v, healthy %v, deployment %.8s\n",
			id, a.JobVersion, a.Spec, a.Canary, a.Healthy, a.Deployment)
	}
	_, d := c.Deployments(theJob())
	if d == nil {
		return b.String() + "no deployment\n"
	}
	fmt.Fprintf(&b, "deployment %.8s: version %d, runs %.6s, %s: %s; promoted %v, %d of %d canaries healthy, auto_revert %v%s; %s\n", d.Deployment,
		d.JobVersion, d.Spec, d.Status, d.Description, d.Promoted, d.CanariesHealthy, d.CanariesWanted, d.AutoRevert, d.Problem, updates(d.Updates))
	return b.String()
}

// updates is what the job says of updates.
func updates(j *detect.Job) string {
	if j == nil {
		return "nothing is known of its updates"
	}
	return fmt.Sprintf("auto_promote %v, canary %d of %d, shutdown_delay %s, canary_tags %v, groups %d", j.AutoPromote, j.Canary, j.Count, j.ShutdownDelay, j.CanaryTags, j.Groups)
}

// TestPhases: what is told of each recorded phase.
func TestPhases(t *testing.T) {
	golden := "testdata/told.txtar"
	want, err := txtar.ParseFile(golden)
	if err != nil && !*update {
		t.Fatal(err)
	}
	files, _ := filepath.Glob("testdata/phases/*.json")
	told := &txtar.Archive{Comment: []byte("What the client tells of each recorded phase.\n")}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		f := startFake(t, name)
		c := start(t, f.URL)
		until(t, c, f.ids(), complete(f.ids()))
		testenv.Eventually(t, 20*time.Second, func() error {
			if _, d := c.Deployments(theJob()); d == nil {
				return errors.New("no deployment is known")
			}
			return nil
		})
		told.Files = append(told.Files, txtar.File{Name: name, Data: []byte(tell(c, f.ids()))})
	}
	text := txtar.Format(told)
	if *update {
		if err := os.WriteFile(golden, text, 0o644); err != nil {
			t.Fatal(err)
		}
	} else if string(text) != string(txtar.Format(want)) {
		t.Errorf("%s\nwant\n%s", text, txtar.Format(want))
	}
}
