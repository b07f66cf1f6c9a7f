package controller_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"weir/intent"
	"weir/internal/testenv"
	"weir/registry"
	"weir/registry/inproc"
	"weir/rollout"
	"weir/rollout/controller"
	"weir/rollout/event"
	"weir/rollout/verdict"
	"weir/route"
	"weir/store"
	"weir/store/embedded"
)

// web is the scope of nearly all tests.
var web = route.Scope{Kind: "service", Name: "web"}

// fleet is proxies that know each other. It stands for the network between them.
type fleet struct {
	mu      sync.Mutex
	proxies map[string]*proxy
	cut     map[string]bool // proxies that nobody reaches
}

func newFleet() *fleet { return &fleet{proxies: map[string]*proxy{}, cut: map[string]bool{}} }

// Ask implements controller.Peers.
func (f *fleet) Ask(_ context.Context, p controller.Proxy) (controller.Answer, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	to := f.proxies[p.Name]
	switch {
	case f.cut[p.Name]:
		return controller.Answer{}, errors.New("no answer")
	case to == nil:
		return controller.Answer{}, syscall.ECONNREFUSED
	}
	return to.Answer(), nil
}

func (f *fleet) setCut(name string, cut bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cut[name] = cut
}

// proxy is what rollouts need of one weir.
type proxy struct {
	*controller.Controller
	publisher *registry.Publisher
	live      route.Live
	source    *inproc.Source
	counters  *counters
	intents   *intent.Store
	stop      func() // gracefully
}

// start starts a proxy of the fleet that sees the instances. It ends with the
// test.
func (f *fleet) start(t testing.TB, s store.Store, name string, instances []route.Instance, change ...func(*controller.Config)) *proxy {
	t.Helper()
	p := &proxy{source: inproc.New(), counters: newCounters(name), intents: intent.In(s)}
	p.source.Set(instances)
	conf := controller.Config{Store: s, Name: name, Log: logger(t), Peers: f, Counters: p.counters, Timeout: 10 * time.Second}
	for _, c := range change {
		c(&conf)
	}
	p.Controller = controller.New(conf)
	table := registry.Config{
		Sources: []registry.Source{p.source}, Intents: p.intents, Rollouts: p.Controller,
		Live: &p.live, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Timeout: conf.Timeout,
	}
	if conf.File != "" {
		table.File = filepath.Join(filepath.Dir(conf.File), "table.json")
	}
	p.publisher = registry.NewPublisher(table)
	p.Publisher, p.Admin = p.publisher, name+":9998"
	p.Table = func() controller.Table { return controller.Table{Digest: controller.Digest(p.live.Load())} }
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { p.publisher.Run(ctx) })
	running.Go(func() { p.Run(ctx) })
	p.stop = sync.OnceFunc(func() {
		f.mu.Lock()
		delete(f.proxies, name)
		f.mu.Unlock()
		cancel()
		running.Wait()
	})
	t.Cleanup(p.stop)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.proxies[name] = p
	return p
}

// counters are what a proxy would count.
type counters struct {
	name    string
	mu      sync.Mutex
	reports map[string]*verdict.Counter
}

func newCounters(name string) *counters {
	return &counters{name: name, reports: map[string]*verdict.Counter{}}
}

// Report implements controller.Counters.
func (c *counters) Report(rollout string) (verdict.Report, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r, ok := c.reports[rollout]
	if !ok {
		return verdict.Report{}, false
	}
	return r.Report(), true
}

// count adds requests to what was drawn for the candidate, and to stable nine
// times as many, of which none is bad.
func (c *counters) count(s rollout.State, units, bad uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reports[s.ID] == nil {
		c.reports[s.ID] = verdict.NewCounter(c.name, uint64(os.Getpid()), s.Policy.Rules())
	}
	d := verdict.Drawn{Generation: s.Generation, Weight: s.Weight}
	c.reports[s.ID].CountMany(d, 9*units)
	d.Candidate = true
	c.reports[s.ID].CountMany(d, units-bad)
	for i := range bad {
		d.Met, d.Client = event.Set(0).With(event.HTTPStatus), uint32(i)
		c.reports[s.ID].Count(d)
	}
}

// memory is a store of one process.
func memory(t testing.TB) store.Store {
	t.Helper()
	s, err := embedded.Open(filepath.Join(t.TempDir(), "weir.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func logger(t testing.TB) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// instances are n of web at a version, all with the same route.
func instances(version string, n int) (list []route.Instance) {
	for i := range n {
		id := fmt.Sprintf("web-%s-%d", version, i)
		list = append(list, route.Instance{
			Service: "web", ID: id, Node: "n1", Address: "10.0." + strings.Trim(version, "v") + "." + fmt.Sprint(i+1), Port: 80,
			Tags: []string{"urlprefix-a.test/", "version=" + version}, Up: true,
		})
	}
	return list
}

// shares is what the route of a proxy gives to its variants: "canary 10% stable 90%".
func (p *proxy) shares() string {
	var list []string
	for _, r := range p.live.Load().Routes() {
		for _, v := range r.Variants() {
			list = append(list, fmt.Sprintf("%s %g%%", v.Name, v.Share*100))
		}
	}
	return strings.Join(list, " ")
}

// put writes a policy.
func (p *proxy) put(t testing.TB, name, text string) {
	t.Helper()
	if _, err := p.PutPolicy(t.Context(), name, text, 0); err != nil {
		t.Fatal(err)
	}
}

// do gives a command.
func (p *proxy) do(t testing.TB, c rollout.Command) rollout.State {
	t.Helper()
	s, err := p.Command(t.Context(), web, c, 0)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// until waits for a state without fake time.
func (p *proxy) until(t testing.TB, reached func(rollout.State) bool) (s rollout.State) {
	t.Helper()
	testenv.Eventually(t, time.Minute, func() error {
		r, _ := p.Get(web)
		if s = r.State; !reached(s) {
			return fmt.Errorf("%s, step %d, weight %s, holds %+v", s.Phase, s.Step, s.Weight, s.Holds)
		}
		return nil
	})
	return s
}
