package peers_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"weir/admin"
	"weir/intent"
	"weir/internal/testenv"
	"weir/registry"
	"weir/registry/inproc"
	"weir/rollout"
	"weir/rollout/controller"
	"weir/rollout/event"
	"weir/rollout/peers"
	"weir/rollout/verdict"
	"weir/route"
	"weir/store"
	"weir/store/embedded"
)

// quick gives a candidate a tenth at once, and waits for the verdict.
const quick = `
service: web
analysis: {unit: request, warmup: 0s}
guards: {max_weight_per_instance_ratio: 100, ack: quorum, ack_timeout: 1s}
detect: {stabilise: 1ms}
steps: [{set_weight: 10%}, {analysis: {until: pass}}, {promote: {}}]
`

var web = route.Scope{Kind: "service", Name: "web"}

// instances are those of web at the versions.
func instances(versions ...string) (list []route.Instance) {
	for i, v := range versions {
		list = append(list, route.Instance{Service: "web", ID: v, Node: "n", Address: fmt.Sprint("10.0.0.", i+1), Port: 80,
			Tags: []string{"urlprefix-a.test/", "version=" + v}, Up: true})
	}
	return list
}

// proxy is what a weir has for rollouts, with an admin listener.
type proxy struct {
	*controller.Controller
	name string

	mu      sync.Mutex
	counter *verdict.Counter // of the last rollout that was counted
	id      string
}

// Report implements controller.Counters.
func (p *proxy) Report(rollout string) (verdict.Report, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.id != rollout {
		return verdict.Report{}, false
	}
	return p.counter.Report(), true
}

// count counts requests of both arms, of which the candidate's first are bad.
func (p *proxy) count(s rollout.State, candidate, bad, stable uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.id, p.counter = s.ID, verdict.NewCounter(p.name, 1, s.Policy.Rules())
	d := verdict.Drawn{Generation: s.Generation, Weight: s.Weight}
	p.counter.CountMany(d, stable)
	d.Candidate = true
	p.counter.CountMany(d, candidate-bad)
	d.Met = event.Set(0).With(event.HTTPStatus)
	for d.Client = range uint32(bad) {
		p.counter.Count(d)
	}
}

// start runs a proxy whose admin listener is served by what answers makes of its
// own answer.
func start(t *testing.T, s store.Store, source *inproc.Source, name string, answers func(http.Handler) http.Handler) *proxy {
	t.Helper()
	p := &proxy{name: name}
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	c := peers.New("/", shared)
	p.Controller = controller.New(controller.Config{Store: s, Name: name, Log: log, Peers: c, Counters: p, Timeout: 10 * time.Second, Every: 200 * time.Millisecond})
	live, intents := &route.Live{}, intent.In(s)
	publisher := registry.NewPublisher(registry.Config{Sources: []registry.Source{source}, Intents: intents, Rollouts: p.Controller, Live: live, Log: log})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.Publisher, p.Admin = publisher, ln.Addr().String()
	a := &admin.Admin{Live: live, Publisher: publisher, Intents: intents, Metrics: http.NotFoundHandler(), Log: log,
		Peers: open{answers(peers.Handler(p.Answer, shared))}}
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	for _, run := range []func(context.Context) error{publisher.Run, p.Run, func(ctx context.Context) error { return a.Run(ctx, ln) }} {
		running.Go(func() { run(ctx) })
	}
	t.Cleanup(func() { stop(); running.Wait(); c.Close() })
	return p
}

// open answers everybody.
type open struct{ http.Handler }

func (open) Proven(*http.Request) bool { return true }

func honest(h http.Handler) http.Handler { return h }

// until waits for a state.
func (p *proxy) until(t *testing.T, what string, reached func(rollout.State) bool) (s rollout.State) {
	t.Helper()
	testenv.Eventually(t, 30*time.Second, func() error {
		r, _ := p.Get(web)
		if s = r.State; !reached(s) {
			return fmt.Errorf("not %s: %s at %s, generation %d, acks %v, holds %+v", what, s.Phase, s.Weight, s.Generation, s.Live.Acks, s.Holds)
		}
		return nil
	})
	return s
}

// fleet starts five proxies of which the last answers as given, and brings a
// candidate to a tenth.
func fleet(t *testing.T, last func(http.Handler) http.Handler) ([]*proxy, rollout.State) {
	t.Helper()
	s, err := embedded.Open(filepath.Join(t.TempDir(), "weir.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	source := inproc.New()
	source.Set(instances("v1"))
	var all []*proxy
	for i := range 4 {
		all = append(all, start(t, s, source, fmt.Sprint("p", i), honest))
	}
	if _, err := all[0].PutPolicy(t.Context(), "web", quick, 0); err != nil {
		t.Fatal(err)
	}
	all[0].until(t, "healthy", func(s rollout.State) bool { return s.Stable.Key == "v1" })
	all = append(all, start(t, s, source, "p4", last)) // the leader is another one
	all[0].until(t, "five", func(rollout.State) bool { return len(all[0].Fleet()) == 5 })
	source.Set(instances("v1", "v2"))
	return all, all[0].until(t, "at a tenth", func(s rollout.State) bool { return s.Weight == 1000 })
}

// TestFiveProxiesAreAsked sums up what five proxies have counted, each seeing too
// little for a verdict.
func TestFiveProxiesAreAsked(t *testing.T) {
	all, s := fleet(t, honest)
	for _, p := range all {
		p.until(t, "acknowledged by all", func(s rollout.State) bool {
			n := 0
			for _, generation := range s.Live.Acks {
				if generation == s.Generation {
					n++
				}
			}
			return n == 5
		})
	}
	for _, p := range all {
		p.count(s, 20, 2, 180)
	}
	s = all[2].until(t, "aborted", func(s rollout.State) bool { return s.Weight == 0 && s.Stage == rollout.Aborted })
	if s.Reason != rollout.VerdictFail || !strings.Contains(s.Message, "http_5xx") {
		t.Errorf("%s: %s", s.Reason, s.Message)
	}
}

// TestABadPeerHarmsNobody goes on with four of five, whatever the fifth says.
func TestABadPeerHarmsNobody(t *testing.T) {
	for name, answers := range map[string]func(http.Handler) http.Handler{
		"it hangs": func(http.Handler) http.Handler {
			return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		},
		"it lies": func(http.Handler) http.Handler {
			return peers.Handler(func() controller.Answer { return counted("p0") }, shared)
		},
		"it never ends": func(http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { endless(w) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			all, s := fleet(t, answers)
			for _, p := range all {
				p.count(s, 500, 0, 4500)
			}
			s = all[0].until(t, "promoted", func(s rollout.State) bool {
				return s.Weight > 1000 || s.Stable.Key == "v2" || s.Stage == rollout.Promoting
			})
			if s.Live.Acks["p4"] != 0 {
				t.Errorf("p4 has acknowledged: %v", s.Live.Acks)
			}
		})
	}
}
