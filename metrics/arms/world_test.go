package arms_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"weir/internal/testenv"
	"weir/metrics/arms"
	"weir/proxy"
	"weir/proxy/exchange"
	"weir/proxy/http1"
	"weir/proxy/http2"
	"weir/proxy/upstream"
	"weir/registry"
	"weir/registry/inproc"
	"weir/rollout"
	"weir/rollout/controller"
	"weir/rollout/detect"
	"weir/rollout/policy"
	"weir/rollout/verdict"
	"weir/route"
)

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// states stands for a controller: it steers by states that the test sets. An
// instance is of the version that its ID begins with.
type states struct {
	mu      sync.Mutex
	changed chan struct{}
	all     map[route.Scope]rollout.State
	behind  int // so often Get tells of a state that Steer does not know of yet
}

func newStates(all ...rollout.State) *states {
	s := &states{changed: make(chan struct{}), all: map[route.Scope]rollout.State{}}
	for _, one := range all {
		s.all[one.Scope] = one
	}
	return s
}

func (s *states) set(one rollout.State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all[one.Scope] = one
	close(s.changed)
	s.changed = make(chan struct{})
}

func (*states) Known() bool { return true }

func (s *states) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

func (s *states) Get(scope route.Scope) (r controller.Rollout, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.State, ok = s.all[scope]
	if s.behind > 0 {
		s.behind--
		r.Generation++
	}
	return r, ok
}

func (s *states) Steer(all []route.Instance) route.Steering {
	s.mu.Lock()
	defer s.mu.Unlock()
	to := route.Steering{Generations: map[route.Scope]uint64{}}
	for _, in := range all {
		if in.Variant = detect.Stable; strings.HasPrefix(in.ID, "v2") {
			in.Variant = detect.Candidate
		}
		to.Instances = append(to.Instances, in)
	}
	for scope, one := range s.all {
		to.Generations[scope] = one.Generation
		if in, controlled := one.Intent(); controlled {
			to.Intents = append(to.Intents, in)
		}
	}
	return to
}

// state is a rollout of v2 of a service, with a policy that has these lines.
func state(t testing.TB, service string, w route.Weight, lines string) rollout.State {
	t.Helper()
	p, err := policy.Parse([]byte("service: " + service + "\nsteps: [{set_weight: 1%}, {promote: {}}]\n" + lines))
	if err != nil {
		t.Fatal(err)
	}
	s := rollout.New(route.Scope{Kind: "service", Name: service})
	s.ID, s.Generation, s.Stage, s.Weight, s.Policy = "run-of-"+service, 1, rollout.Progressing, w, p
	s.Stable.Key, s.Candidate.Key = "v1", "v2"
	return s
}

func secret() []byte { return []byte("sixteen bytes or more") }

// world is a running proxy on loopback with arms.
type world struct {
	*arms.Arms
	states         *states
	source         *inproc.Source
	publisher      *registry.Publisher
	live           *route.Live
	http, tcp, sni string // addresses of the listeners
}

// start runs a proxy of a fleet whose cookies are signed with the same secret.
func start(t testing.TB, name string, s *states, change ...func(*arms.Config)) *world {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	w := &world{states: s, source: inproc.New(), live: &route.Live{}}
	conf := arms.Config{Proxy: name, Log: log, Secret: func(context.Context) ([]byte, error) { return secret(), nil }}
	for _, c := range change {
		c(&conf)
	}
	w.Arms = arms.New(conf)
	w.Rollouts = s
	w.publisher = registry.NewPublisher(registry.Config{Sources: []registry.Source{w.source}, Rollouts: w.Arms, Live: w.live, Log: log})
	limits := exchange.Limits{HeaderBytes: 60 << 10, HeaderFields: 100, URIBytes: 16 << 10}
	dialer := &upstream.Dialer{}
	pool := &upstream.Pool{Dialer: dialer}
	h2 := &http2.Transport{Dialer: dialer, Limits: limits}
	observer := arms.Observer{Observer: silent{}}
	server := &proxy.Server{Observer: observer, Log: log}
	handler := &exchange.Handler{Chooser: &exchange.Chooser{Live: w.live, Wait: 50 * time.Millisecond}, Observer: observer,
		Transports: map[string]exchange.Transport{"http": &http1.Transport{Pool: pool, Limits: limits}, "h2c": h2},
		NoRoute:    func() (int, []byte) { return 404, nil }}
	for _, proto := range []string{"http", "tcp", "tcp+sni"} {
		server.Listeners = append(server.Listeners, proxy.Listener{Addr: "127.0.0.1:0", Proto: proto, Limits: limits,
			HTTP: handler, H2C: true, DrainTime: patience})
	}
	ready := make(chan []net.Addr, 1)
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	for _, run := range []func(context.Context) error{w.Run, w.publisher.Run, pool.Run, h2.Run,
		func(ctx context.Context) error { return server.Run(ctx, func(all []net.Addr) { ready <- all }) }} {
		running.Go(func() { run(ctx) })
	}
	t.Cleanup(func() { stop(); running.Wait() })
	addrs := <-ready
	w.http, w.tcp, w.sni = addrs[0].String(), addrs[1].String(), addrs[2].String()
	return w
}

// silent is an Observer that counts nothing.
type silent struct{}

func (silent) Accepted(string)             {}
func (silent) Closed(string)               {}
func (silent) Refused(string, string)      {}
func (silent) Exchange(*exchange.Exchange) {}
func (silent) Session(*exchange.Session)   {}

// at is an instance of a service at an address, whose ID begins with its version.
func at(t testing.TB, service, id, addr, tag string) route.Instance {
	t.Helper()
	a, err := net.ResolveTCPAddr("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	return route.Instance{Service: service, ID: id, Address: a.IP.String(), Port: a.Port, Up: true, Tags: []string{tag}}
}

// set replaces the instances and waits for the table that has their routes.
func (w *world) set(t testing.TB, instances ...route.Instance) {
	t.Helper()
	w.source.Set(instances)
	w.until(t, func() error {
		there := map[string]bool{}
		for _, r := range w.live.Load().Routes() {
			for _, v := range r.Variants() {
				for _, target := range v.Targets {
					there[fmt.Sprint(target.Addr(), target.Up())] = true
				}
			}
		}
		for _, in := range instances {
			if want := fmt.Sprint(net.JoinHostPort(in.Address, fmt.Sprint(in.Port)), in.Up); !there[want] || len(there) != len(instances) {
				return fmt.Errorf("the table has %v, want %s", there, want)
			}
		}
		return nil
	})
}

// follow sets a state and waits for the table that draws by it.
func (w *world) follow(t testing.TB, s rollout.State) {
	t.Helper()
	w.states.set(s)
	w.until(t, func() error {
		for _, r := range w.live.Load().Routes() {
			if trial, _ := r.Trial(); trial != nil && trial.Rollout == s.ID && trial.Generation == s.Generation {
				return nil
			}
		}
		return fmt.Errorf("no route draws for generation %d of %s", s.Generation, s.ID)
	})
}

func (w *world) until(t testing.TB, try func() error) {
	t.Helper()
	testenv.Eventually(t, patience, try)
}

// wants waits for exactly these counters: a line for each generation.
func (w *world) wants(t testing.TB, rollout string, want ...string) {
	t.Helper()
	w.until(t, func() error {
		r, ok := w.Report(rollout)
		if !ok {
			return fmt.Errorf("nothing is known of %s", rollout)
		}
		var got []string
		for _, g := range r.Generations {
			got = append(got, fmt.Sprintf("%d at %s: canary %s, stable %s", g.Generation, g.Weight, text(g.Candidate), text(g.Stable)))
		}
		if a, b := strings.Join(got, "\n"), strings.Join(want, "\n"); a != b {
			return fmt.Errorf("counted\n%s\nwant\n%s", a, b)
		}
		return nil
	})
}

// text is "7", or "7 (http_5xx 2)" where events were met.
func text(a verdict.Arm) string {
	s := fmt.Sprint(a.Units)
	if met := allOf(a); len(met) > 0 {
		s += " (" + strings.Join(met, ", ") + ")"
	}
	return s
}

// refused is an address where nobody listens.
func refused(t testing.TB) (host string, port int) {
	a, err := net.ResolveTCPAddr("tcp", testenv.RefusedAddr(t))
	if err != nil {
		t.Fatal(err)
	}
	return a.IP.String(), a.Port
}
