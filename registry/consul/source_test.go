package consul_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"weir/internal/testenv"
	"weir/registry"
	"weir/registry/consul"
	"weir/store/consulkv"
)

func TestMain(m *testing.M) { testenv.ConsulMain(m) }

// within bounds what a real agent may take; it takes milliseconds.
const within = 10 * time.Second

// watched is a source under test and what it has sent.
type watched struct {
	t    *testing.T
	out  chan registry.Snapshot
	last registry.Snapshot
}

// config reads only what belongs to the test: its own tag prefix and KV path.
func config(c *testenv.Consul, addr string) consul.Config {
	return consul.Config{
		Agent:     consulkv.Agent{Address: addr, Retry: 20 * time.Millisecond},
		TagPrefix: registry.TagPrefixes{c.Name("urlprefix-")}, KVPath: "/" + c.Key("config"), NoRoute: "/" + c.Key("noroute.html"),
	}
}

func run(t *testing.T, conf consul.Config) *watched {
	t.Helper()
	source, err := consul.New(conf)
	if err != nil {
		t.Fatal(err)
	}
	w := &watched{t: t, out: make(chan registry.Snapshot)}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- source.Run(ctx, w.out) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("it ended with %v", err)
		}
	})
	return w
}

// text is a snapshot in one line: instances, commands, page and error.
func text(s registry.Snapshot) string {
	var parts []string
	for _, in := range s.Instances {
		parts = append(parts, fmt.Sprintf("%s@%s:%d/%v", in.ID[strings.Index(in.ID, "-")+1:], in.Address, in.Port, in.Up))
	}
	for _, c := range s.Commands {
		parts = append(parts, c.Source[strings.Index(c.Source, "/")+1:]+"="+c.Text)
	}
	if s.NoRouteHTML != "" {
		parts = append(parts, "page="+s.NoRouteHTML)
	}
	if s.Err != nil {
		parts = append(parts, "error")
	}
	return strings.Join(parts, " ")
}

// wait receives snapshots until one reads want.
func (w *watched) wait(want string) registry.Snapshot {
	w.t.Helper()
	return w.until(want, func(s registry.Snapshot) bool { return text(s) == want })
}

// waitError receives snapshots until one has an error that contains want.
func (w *watched) waitError(want string) {
	w.t.Helper()
	w.until(want, func(s registry.Snapshot) bool { return s.Err != nil && strings.Contains(s.Err.Error(), want) })
}

func (w *watched) until(want string, is func(registry.Snapshot) bool) registry.Snapshot {
	w.t.Helper()
	deadline := time.After(within)
	for {
		select {
		case w.last = <-w.out:
			if is(w.last) {
				return w.last
			}
		case <-deadline:
			w.t.Fatalf("the source sent %q last (%v), want %q", text(w.last), w.last.Err, want)
		}
	}
}

// quiet checks that nothing is sent for a moment.
func (w *watched) quiet() {
	w.t.Helper()
	select {
	case w.last = <-w.out:
		w.t.Errorf("the source sent %q again", text(w.last))
	case <-time.After(200 * time.Millisecond):
	}
}

// web is a service with a route tag of the test.
func web(c *testenv.Consul, id string, port int) testenv.Service {
	return testenv.Service{Name: c.Name("web"), ID: c.Name(id), Port: port, Tags: []string{c.Name("urlprefix-") + "a/"}}
}

func TestEveryKindOfChangeIsSeen(t *testing.T) {
	c := testenv.SharedConsul(t)
	w := run(t, config(c, c.Addr))
	w.wait("")
	one := web(c, "1", 80)
	c.Register(one)
	w.wait("1@127.0.0.1:80/true")
	one.Port = 81
	c.Register(one)
	w.wait("1@127.0.0.1:81/true")
	one.Address = "10.0.0.7"
	c.Register(one)
	w.wait("1@10.0.0.7:81/true")
	one.Meta = map[string]string{"version": "2"}
	c.Register(one)
	if s := w.wait("1@10.0.0.7:81/true"); s.Instances[0].Meta["version"] != "2" || s.Instances[0].Datacenter != "dc1" {
		t.Errorf("instance %+v", s.Instances[0])
	}
	c.SetCheck(one.ID, "critical")
	w.wait("1@10.0.0.7:81/false")
	c.SetCheck(one.ID, "passing")
	w.wait("1@10.0.0.7:81/true")
	c.Put("/v1/agent/service/maintenance/"+one.ID+"?enable=true", nil)
	w.wait("1@10.0.0.7:81/false")
	c.Put("/v1/agent/service/maintenance/"+one.ID+"?enable=false", nil)
	w.wait("1@10.0.0.7:81/true")
	c.Put("/v1/agent/maintenance?enable=true", nil)
	w.wait("1@10.0.0.7:81/false")
	c.Put("/v1/agent/maintenance?enable=false", nil)
	w.wait("1@10.0.0.7:81/true")
	c.Deregister(one.ID)
	w.wait("")
}

func TestATagFlipOnTheSameIDIsSeen(t *testing.T) {
	c := testenv.SharedConsul(t)
	w := run(t, config(c, c.Addr))
	canary := web(c, "_nomad-task-1-group-web-http", 80)
	production := canary.Tags
	canary.Tags = []string{c.Name("urlprefix-") + "canary.a/"}
	c.Register(canary)
	w.wait("_nomad-task-1-group-web-http@127.0.0.1:80/true")
	canary.Tags = production
	c.Register(canary)
	s := w.wait("_nomad-task-1-group-web-http@127.0.0.1:80/true")
	if !slices.Equal(s.Instances[0].Tags, production) {
		t.Errorf("tags %q, want %q", s.Instances[0].Tags, production)
	}
}

// A node that no agent runs on, as consul-esm and hand-made catalogs have, has
// an address of its own that can change alone.
func TestANodesAddressStandsInForTheServices(t *testing.T) {
	c := testenv.SharedConsul(t)
	w := run(t, config(c, c.Addr))
	register := func(body map[string]any) { c.Put("/v1/catalog/register", body) }
	name := c.Name("node")
	t.Cleanup(func() { c.Put("/v1/catalog/deregister", map[string]any{"Node": name}) })
	id := c.Name("ext")
	register(map[string]any{
		"Node": name, "Address": "10.1.0.1",
		"Service": map[string]any{"ID": id, "Service": c.Name("web"), "Port": 90, "Tags": []string{c.Name("urlprefix-") + "b/"}},
		"Check":   map[string]any{"CheckID": "c", "ServiceID": id, "Status": "passing"},
	})
	w.wait("ext@10.1.0.1:90/true")
	register(map[string]any{"Node": name, "Address": "10.1.0.2"})
	w.wait("ext@10.1.0.2:90/true")
	c.Put("/v1/catalog/deregister", map[string]any{"Node": name})
	w.wait("")
}

func TestUnrelatedServicesAreNoNews(t *testing.T) {
	c := testenv.SharedConsul(t)
	c.Register(web(c, "1", 80))
	w := run(t, config(c, c.Addr))
	w.wait("1@127.0.0.1:80/true")
	c.Register(testenv.Service{Name: c.Name("other"), Port: 80, Tags: []string{"urlprefix-other/"}})
	c.Register(testenv.Service{Name: c.Name("bare"), Port: 80, Tags: web(c, "", 0).Tags, Status: "none"})
	c.Register(testenv.Service{Name: c.Name("sidecar"), Port: 80, Tags: web(c, "", 0).Tags, Kind: "connect-proxy"})
	c.PutKV(c.Key("config2"), "route del x")
	w.quiet()
}

func TestRouteCommandsComeFromTheKV(t *testing.T) {
	c := testenv.SharedConsul(t)
	c.PutKV(c.Key("config/b"), "two")
	c.PutKV(c.Key("config"), "one")
	w := run(t, config(c, c.Addr))
	w.wait("config=one config/b=two")
	c.PutKV(c.Key("config/a"), "three")
	w.wait("config=one config/a=three config/b=two")
	c.PutKV(c.Key("config/"), "")
	c.DeleteKV(c.Key("config"))
	w.wait("config/a=three config/b=two")
	c.PutKV(c.Key("noroute.html"), "<p>none</p>")
	w.wait("config/a=three config/b=two page=<p>none</p>")
	c.DeleteKV(c.Key("noroute.html"))
	w.wait("config/a=three config/b=two")
}
