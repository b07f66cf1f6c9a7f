package controller_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"testing"
	"time"

	"weir/internal/testenv"
	"weir/registry"
	"weir/registry/inproc"
	"weir/rollout/controller"
	"weir/rollout/verdict"
	"weir/route"
	"weir/store/consulkv"
)

// A test tells a child by its environment what to do.
const (
	childAddr   = "CONTROLLER_CHILD_CONSUL" // of the agent
	childPrefix = "CONTROLLER_CHILD_PREFIX" // of the store
	childName   = "CONTROLLER_CHILD_NAME"   // of the proxy
)

// startChild starts a proxy as a process of its own, which can be killed.
func startChild(t *testing.T, consul *testenv.Consul, name string) *testenv.Process {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childAddr+"="+consul.Addr, childPrefix+"="+consul.Key("weir"), childName+"="+name)
	return testenv.StartProcess(t, cmd)
}

// child is a proxy that sees v1 and v2, counts something whenever it is asked,
// and answers over HTTP at the address that it announces.
func child() int {
	if err := runChild(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func runChild() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	s, err := consulkv.Open(consulkv.Agent{Address: os.Getenv(childAddr)}, os.Getenv(childPrefix))
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	source, log := inproc.New(), slog.New(slog.NewTextHandler(os.Stdout, nil))
	source.Set(canary())
	busy := &busy{counters: newCounters(os.Getenv(childName))}
	c := controller.New(controller.Config{Store: s, Name: os.Getenv(childName), Log: log, Peers: overHTTP{}, Counters: busy, Every: 20 * time.Millisecond})
	busy.of = c
	publisher := registry.NewPublisher(registry.Config{Sources: []registry.Source{source}, Rollouts: c, Live: new(route.Live), Log: log})
	c.Publisher, c.Admin = publisher, ln.Addr().String()
	go publisher.Run(ctx)
	go http.Serve(ln, answering(c))
	return c.Run(ctx)
}

// busy is counters that grow.
type busy struct {
	*counters
	of *controller.Controller
}

// Report implements controller.Counters.
func (b *busy) Report(id string) (verdict.Report, bool) {
	if r, ok := b.of.Get(web); ok && r.ID == id && r.Weight > 0 {
		b.count(r.State, 1, 0)
	}
	return b.counters.Report(id)
}

// answering serves what the leader asks for.
func answering(c *controller.Controller) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { json.NewEncoder(w).Encode(c.Answer()) })
}

// overHTTP asks proxies at their announced addresses.
type overHTTP struct{}

// Ask implements controller.Peers.
func (overHTTP) Ask(ctx context.Context, p controller.Proxy) (a controller.Answer, err error) {
	req, err := http.NewRequestWithContext(ctx, "GET", "http://"+p.Admin+"/", nil)
	if err != nil {
		return a, err
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		return a, err
	}
	defer resp.Body.Close()
	return a, json.NewDecoder(resp.Body).Decode(&a)
}
