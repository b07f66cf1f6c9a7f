package e2e

import (
	"crypto/rand"
	"fmt"
	"sync"
	"testing"

	"weir/internal/testenv"
)

// consulFlags let a weir read from the agent at addr what belongs to the test
// alone, and keep its weights there.
func consulFlags(c *testenv.Consul, addr string, more ...string) []string {
	return append([]string{
		"-registry.consul.addr", addr, "-registry.consul.tagprefix", c.Name("urlprefix-"),
		"-registry.consul.kvpath", c.Key("config"), "-registry.consul.noroutehtmlpath", c.Key("noroute.html"),
		"-store.consul.prefix", c.Key("weir"), "-registry.retry", "50ms",
	}, more...)
}

// task is an allocation of a Nomad job with one service, registered as Nomad
// does it.
type task struct {
	*testenv.Backend
	consul *testenv.Consul
	id     string // of the service
	name   string
	leave  func() // Consul; later calls do nothing
}

// alloc registers a backend under a service ID shaped as Nomad makes them, with
// a check that is critical at first and passes a moment later.
func alloc(t *testing.T, c *testenv.Consul, b *testenv.Backend, service string, meta map[string]string, tags ...string) *task {
	t.Helper()
	a := &task{Backend: b, consul: c, name: service, id: fmt.Sprintf("_nomad-task-%s-group-web-%s-https", uuid(), service)}
	a.leave = sync.OnceFunc(func() { c.Deregister(a.id) })
	t.Cleanup(a.leave)
	a.register("critical", meta, tags)
	c.SetCheck(a.id, "passing")
	return a
}

func uuid() string {
	b := make([]byte, 16)
	rand.Read(b)
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func (a *task) register(status string, meta map[string]string, tags []string) {
	all := map[string]string{"external-source": "nomad"}
	for k, v := range meta {
		all[k] = v
	}
	a.consul.Register(testenv.Service{Name: a.name, ID: a.id, Address: a.Host, Port: a.Port, Tags: tags, Meta: all, Status: status})
}

// promote gives a canary the tags of the job in place of its canary_tags: same
// ID, same port, never absent, its check stays as it was.
func (a *task) promote(tags ...string) { a.register("passing", nil, tags) }

// stop takes the task out of Consul and then ends it, as with a shutdown_delay.
func (a *task) stop() {
	a.leave()
	a.Stop()
}
