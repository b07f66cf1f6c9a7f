package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"weir/admin"
	"weir/internal/testenv"
	"weir/rollout"
	"weir/rollout/controller"
	"weir/rollout/event"
	"weir/rollout/verdict"
	"weir/route"
)

// proxyName is that of the running weir in its fleet.
const proxyName = "edge-1"

// play does what is no command, and reports whether it was that: "stdin" is for
// the next command, "instances" replaces those that run, a line "SERVICE VERSION
// NUMBER" each, "policy file NAME" makes a policy file, or without a text removes it, "await SCOPE PHASE [STEP]" waits for a rollout, "count" counts
// requests for one, a line "SCOPE CANDIDATE BAD STABLE BAD", "store away" and
// "store back" say what they do, and "peer NAME ADDRESS|gone" announces a proxy or
// removes it, "env NAME VALUE" sets a variable, and "write FILE" writes a file below HOME, in whose
// text URL is the address of the running weir. "cat config" is the file of contexts.
func (w *world) play(t *testing.T, f txtar.File) bool {
	t.Helper()
	switch words := strings.Fields(f.Name); words[0] {
	case "stdin":
		w.stdin = f.Data
	case "instances":
		w.replace(t, instances(t, string(f.Data)))
	case "policy":
		w.writePolicy(t, words[2], f.Data)
	case "await":
		w.await(t, scope(t, words[1]), rollout.Phase(words[2]), words[3:]...)
	case "count":
		w.count(t, string(f.Data))
	case "store":
		w.turn(t, words[1] == "away")
	case "peer":
		w.announce(t, words[1], words[2])
	case "env":
		w.env[words[1]] = strings.Join(words[2:], " ")
	case "write":
		w.write(t, words[1], f.Data)
	default:
		return false
	}
	return true
}

// replace replaces the instances that run, and waits until the table has them.
func (w *world) replace(t *testing.T, list []route.Instance) {
	t.Helper()
	w.source.Set(list)
	testenv.Eventually(t, 20*time.Second, func() error {
		text := w.live.Load().Commands()
		for _, i := range list {
			if !strings.Contains(text, fmt.Sprintf("%s:%d", i.Address, i.Port)) {
				return fmt.Errorf("no instance %s in\n%s", i.ID, text)
			}
		}
		return nil
	})
}

// turn takes the store away, or brings it back, and waits until the proxy knows.
func (w *world) turn(t *testing.T, away bool) {
	t.Helper()
	if w.store.Mend(); away {
		w.store.Cut()
	}
	testenv.Eventually(t, 20*time.Second, func() error {
		for _, r := range w.rollouts.List() {
			if (r.Stale != "") != away {
				return fmt.Errorf("%s: stale %q", r.Scope, r.Stale)
			}
		}
		return nil
	})
}

// announce adds a proxy to the fleet, or with "gone" takes it out, and waits
// until that is known.
func (w *world) announce(t *testing.T, name, admin string) {
	t.Helper()
	key, gone := "v1/proxies/"+name, admin == "gone"
	e, err := w.store.Get(t.Context(), key)
	if gone && err == nil {
		err = w.store.CompareAndDelete(t.Context(), key, e.Index)
	} else if !gone {
		_, err = w.store.CompareAndSet(t.Context(), key, fmt.Appendf(nil, `{"name":%q,"admin":%q}`, name, admin), 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	testenv.Eventually(t, 20*time.Second, func() error {
		if gone == slices.ContainsFunc(w.rollouts.Fleet(), func(p controller.Peer) bool { return p.Name == name }) {
			return fmt.Errorf("%s is known: %v", name, gone)
		}
		return nil
	})
}

// writePolicy waits until weir has read the file.
func (w *world) writePolicy(t *testing.T, name string, text []byte) {
	t.Helper()
	path := filepath.Join(w.policies, name)
	err := os.Remove(path)
	if len(text) > 0 {
		err = os.WriteFile(path, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	testenv.Eventually(t, 20*time.Second, func() error {
		list, err := w.rollouts.Policies(t.Context())
		there := slices.ContainsFunc(list, func(p controller.Policy) bool {
			return p.File == path && (len(text) == 0 || (p.Text == string(text) || p.Problem != ""))
		})
		if err == nil && there != (len(text) > 0) {
			err = fmt.Errorf("policies %+v", list)
		}
		return err
	})
}

func scope(t *testing.T, text string) route.Scope {
	t.Helper()
	s, err := route.ParseScope(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// await waits until a rollout is in a phase, and in a step if one is given, and
// everybody knows.
func (w *world) await(t *testing.T, s route.Scope, phase rollout.Phase, step ...string) {
	t.Helper()
	testenv.Eventually(t, 20*time.Second, func() error {
		r, _ := w.rollouts.Get(s)
		if len(step) > 0 && step[0] != fmt.Sprint(r.Step+1) {
			return fmt.Errorf("%s is in step %d", s, r.Step+1)
		}
		if r.Phase != phase || r.Generation == 0 || r.Applied != r.Generation || r.Live.Acks[proxyName] != r.Generation {
			return fmt.Errorf("%s is %q at generation %d of %d: %+v", s, r.Phase, r.Applied, r.Generation, r.Holds)
		}
		return nil
	})
}

// instances reads lines such as "app v1 3". Every service has a host of its own.
func instances(t *testing.T, text string) (list []route.Instance) {
	t.Helper()
	for line := range strings.Lines(text) {
		var service, version string
		var n int
		if _, err := fmt.Sscan(line, &service, &version, &n); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		for i := range n {
			list = append(list, route.Instance{
				Service: service, ID: fmt.Sprintf("%s-%s-%d", service, version, i), Node: "n1", Up: true,
				Address: fmt.Sprintf("10.0.1.%d", len(list)+1), Port: 80, Tags: []string{"urlprefix-" + service + ".test/", "version=" + version},
			})
		}
	}
	return list
}

// counters are what the proxy has counted, by the rollout's ID.
type counters struct {
	mu sync.Mutex
	of map[string]*verdict.Counter
}

// Report implements controller.Counters.
func (c *counters) Report(id string) (verdict.Report, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.of[id] == nil {
		return verdict.Report{}, false
	}
	return c.of[id].Report(), true
}

// count counts requests of many clients, and waits until the leader has them.
func (w *world) count(t *testing.T, line string) {
	t.Helper()
	var name string
	var units, bad [2]uint64 // of the candidate, of stable
	if _, err := fmt.Sscan(line, &name, &units[0], &bad[0], &units[1], &bad[1]); err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	s := scope(t, name)
	r, _ := w.rollouts.Get(s)
	w.counters.mu.Lock()
	c := verdict.NewCounter(proxyName, 1, r.State.Policy.Rules())
	w.counters.of[r.ID] = c
	for arm := range 2 {
		d := verdict.Drawn{Generation: r.Generation, Weight: r.Weight, Candidate: arm == 0}
		c.CountMany(d, units[arm]-bad[arm])
		for i := range bad[arm] {
			d.Met, d.Client = event.Set(0).With(event.HTTPStatus), uint32(i)
			c.Count(d)
		}
	}
	w.counters.mu.Unlock()
	testenv.Eventually(t, 20*time.Second, func() error {
		_, e, err := w.rollouts.Evidence(t.Context(), s)
		if err == nil && e.Judge().Findings[0].Candidate.Units < units[0] {
			err = fmt.Errorf("the evidence has not all of it")
		}
		return err
	})
}

// buffer is an output that a test reads while it is written.
type buffer struct{ testenv.Output }

// says waits until an output holds a text.
func (b *buffer) says(t *testing.T, text string) {
	t.Helper()
	testenv.Eventually(t, 20*time.Second, func() error {
		if !strings.Contains(b.String(), text) {
			return fmt.Errorf("%q is not in\n%s", text, b.String())
		}
		return nil
	})
}

// TestWatchGoesOnUntilItIsStopped: a line for each change where nobody sits at a
// terminal.
func TestWatchGoesOnUntilItIsStopped(t *testing.T) {
	t.Parallel()
	w := serve(t, "")
	w.source.Set(instances(t, "app v1 1\napp v2 1"))
	w.stdin = []byte("service: app\ndetect: {stabilise: 1ms}\nsteps: [{set_weight: 5%}, {pause: {}}, {promote: {}}]")
	w.run(t, "weir policy put app -f -")
	app := route.Scope{Kind: "service", Name: "app"}
	w.await(t, app, rollout.Paused)
	ctx, stop := context.WithCancel(t.Context())
	var out, status buffer
	watched, waited := make(chan error, 1), make(chan error, 1)
	go func() { watched <- w.command("weir rollout get app -w", &out).ExecuteContext(ctx) }()
	go func() {
		waited <- (&world{url: w.url, env: w.env}).command("weir rollout status app", &status).ExecuteContext(ctx)
	}()
	out.says(t, "paused, step 2/3, v2 has 5%")
	status.says(t, "paused, step 2/3, v2 has 5%")
	w.run(t, "weir rollout abort app --reason 'seen enough'")
	out.says(t, "aborted, step 2/3, v2 has 0%, generation 4: aborted by alice: seen enough")
	if err := <-waited; ExitCode(err) != 2 || !strings.Contains(fmt.Sprint(err), "seen enough") {
		t.Errorf("status ended with %v", err)
	}
	stop()
	if err := <-watched; err != nil {
		t.Errorf("get -w ended with %v", err)
	}
	if n := strings.Count(out.String(), "paused"); n != 1 {
		t.Errorf("one state is printed %d times:\n%s", n, out.String())
	}
}

// TestRedrawWritesOverWhatWasThere: each line, and the rest of the screen.
func TestRedrawWritesOverWhatWasThere(t *testing.T) {
	var out bytes.Buffer
	r := admin.Rollout{RolloutSummary: admin.RolloutSummary{Scope: "service/app", Phase: "healthy", Then: "nothing\x1b[2J"}}
	if err := redraw(&out, r); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	if !strings.HasPrefix(text, "\x1b[HName:") || !strings.HasSuffix(text, "\x1b[K\n\x1b[J") || strings.Contains(text, "\x1b[2J") ||
		strings.Count(text, "\n") != strings.Count(text, "\x1b[K\n") {
		t.Errorf("%q", text)
	}
}
