//go:build browser

package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"weir/admin"
	"weir/internal/testenv"
)

// within bounds what another process may take on a busy machine.
const within = 60 * time.Second

// world is a weir with an agent, services and traffic.
type world struct {
	*testenv.Process
	t      testing.TB
	consul *testenv.Consul
	admin  string // host:port
	listen string // host:port
	prefix string // of its tags
	loads  []*testenv.Load
}

// start runs weir with one HTTP listener until the test ends.
func start(t testing.TB, args ...string) *world {
	t.Helper()
	c := testenv.SharedConsul(t)
	return startWith(t, c, c.Name("urlprefix-"), args...)
}

// startWith is start with a prefix of its tags.
func startWith(t testing.TB, c *testenv.Consul, prefix string, args ...string) *world {
	t.Helper()
	pagesBuilt(t)
	args = append([]string{
		"-proxy.addr", "127.0.0.1:0;proto=http", "-ui.addr", "127.0.0.1:0",
		"-registry.consul.addr", c.Addr, "-registry.consul.tagprefix", prefix,
		"-registry.consul.kvpath", c.Key("config"), "-store.consul.prefix", c.Key("weir"), "-registry.retry", "50ms",
	}, args...)
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), testenv.SharedWeir(t), args...)
	cmd.Dir = t.TempDir()
	w := &world{t: t, consul: c, prefix: prefix, Process: testenv.StartProcess(t, cmd)}
	w.admin = w.logged(`admin=(\S+)`)
	w.listen = w.logged(`msg=listening listener=(\S+)`)
	return w
}

// logged waits for a line of the log and returns its group.
func (w *world) logged(pattern string) (found string) {
	w.t.Helper()
	testenv.Eventually(w.t, within, func() error {
		m := regexp.MustCompile(pattern).FindStringSubmatch(w.Output())
		if m == nil {
			return fmt.Errorf("%s is not in the log\n%s", pattern, w.Output())
		}
		found = m[1]
		return nil
	})
	return found
}

// run registers an instance of a version, which answers with its name.
// Tags follow the route SERVICE.test/.
func (w *world) run(service, version string, options ...string) {
	w.t.Helper()
	b := testenv.HTTPBackend(w.t, version)
	tag := strings.Join(append([]string{w.prefix + service + ".test/"}, options...), " ")
	w.consul.Register(testenv.Service{Name: service, ID: w.consul.Name(service + "-" + version), Address: b.Host, Port: b.Port,
		Tags: []string{tag, "version=" + version}})
}

// traffic asks SERVICE.test for so many requests a second until quiet.
func (w *world) traffic(service string, perSecond int) {
	const clients = 4
	make := func() testenv.Client { return &testenv.Requests{Addr: w.listen, Host: service + ".test"} }
	w.loads = append(w.loads, testenv.StartLoad(w.t, testenv.Paced(clients, perSecond/clients, make)))
}

// quiet ends all traffic.
func (w *world) quiet() {
	for _, l := range w.loads {
		l.Stop()
	}
}

// api asks the admin API, which must answer with success.
func (w *world) api(method, path, body string, into any) error {
	req, err := http.NewRequestWithContext(w.t.Context(), method, "http://"+w.admin+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: within}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s %s %w", method, path, resp.Status, text, err)
	}
	return json.Unmarshal(text, into)
}

// routes waits until the table has n routes with so many instances.
func (w *world) routes(n, instances int) {
	w.t.Helper()
	testenv.Eventually(w.t, within, func() error {
		var s admin.Status
		if err := w.api("GET", "/api/v1/status", "", &s); err != nil {
			return err
		}
		if s.Table.Routes != n || s.Table.Targets != instances {
			return fmt.Errorf("the table has %d routes and %d targets, want %d and %d", s.Table.Routes, s.Table.Targets, n, instances)
		}
		return nil
	})
}
