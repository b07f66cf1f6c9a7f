package fleet

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"weir/admin"
	"weir/internal/testenv"
)

// proxy is a weir process.
type proxy struct {
	*testenv.Process
	t       testing.TB
	service string
	name    string // in the fleet
	admin   string // host:port
	listen  string // host:port of its http listener
	consul  string // where it finds Consul
	client  *http.Client
	killed  atomic.Bool
}

// start runs a weir that finds Consul at addr, until the test ends, and waits
// until it serves.
func (f *fleet) start(addr string) *proxy {
	f.t.Helper()
	c, dir := f.consul, f.t.TempDir()
	cmd := exec.CommandContext(context.WithoutCancel(f.t.Context()), testenv.SharedWeir(f.t),
		"-proxy.addr", "127.0.0.1:0;proto=http", "-ui.addr", "127.0.0.1:0", "-state.dir", dir,
		"-registry.consul.addr", addr, "-registry.consul.tagprefix", c.Name("urlprefix-"),
		"-registry.consul.kvpath", c.Key("config"), "-registry.consul.noroutehtmlpath", c.Key("noroute.html"),
		"-store.consul.prefix", c.Key("weir"), "-registry.retry", "50ms")
	cmd.Dir, cmd.Env = dir, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir}
	p := &proxy{t: f.t, service: f.service, consul: addr, Process: testenv.StartProcess(f.t, cmd), client: &http.Client{Transport: &http.Transport{}, Timeout: within}}
	f.t.Cleanup(p.end)
	p.admin = p.logged(`admin=(\S+)`)
	p.listen = p.logged(`msg=listening listener=(\S+)`)
	for _, one := range p.peers() {
		if one.Self {
			p.name = one.Name
		}
	}
	return p
}

// end kills the process and looks for what the race detector found in it.
func (p *proxy) end() {
	p.Kill()
	p.client.CloseIdleConnections()
	if strings.Contains(p.Output(), "DATA RACE") {
		p.t.Errorf("weir printed\n%s", p.Output())
	}
}

// logged waits until pattern was logged and returns its group.
func (p *proxy) logged(pattern string) (found string) {
	p.t.Helper()
	testenv.Eventually(p.t, within, func() error {
		m := regexp.MustCompile(pattern).FindStringSubmatch(p.Output())
		if m == nil {
			return fmt.Errorf("%s is not in the log\n%s", pattern, p.Output())
		}
		found = m[len(m)-1]
		return nil
	})
	return found
}

// get reads from the admin API.
func (p *proxy) get(path string, into any) error {
	resp, err := p.client.Get("http://" + p.admin + path)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s of %s: %s: %s", path, p.name, resp.Status, text)
	}
	if raw, ok := into.(*string); ok {
		*raw = string(text)
		return err
	}
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	return err
}

func (p *proxy) path() string { return "/api/v1/rollouts/service/" + p.service }

func (p *proxy) rollout() (r admin.Rollout, err error) {
	err = p.get(p.path(), &r)
	return r, err
}

// peers is the fleet as the proxy knows it.
func (p *proxy) peers() []admin.Peer {
	p.t.Helper()
	var list struct{ Peers []admin.Peer }
	if err := p.get("/api/v1/peers", &list); err != nil {
		p.t.Fatal(err)
	}
	return list.Peers
}

// leads is the name of the proxy that leads; empty: nobody is known to.
func (p *proxy) leads() (string, error) {
	var list struct{ Peers []admin.Peer }
	err := p.get("/api/v1/peers", &list)
	for _, one := range list.Peers {
		if one.Leads {
			return one.Name, err
		}
	}
	return "", err
}

// metric reads one value from /metrics, -1 where there is none.
func (p *proxy) metric(name string) string {
	p.t.Helper()
	var text string
	if err := p.get("/metrics", &text); err != nil {
		p.t.Fatal(err)
	}
	m := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + ` (\S+)$`).FindStringSubmatch(text)
	if m == nil {
		return "none"
	}
	return m[1]
}

// cli runs a command of weir against this one and returns what it prints.
func (p *proxy) cli(words ...string) string {
	p.t.Helper()
	return p.cliWith("", words...)
}

func (p *proxy) cliWith(stdin string, words ...string) string {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, testenv.SharedWeir(p.t), words...)
	cmd.Env, cmd.Stdin = []string{"WEIR_ADMIN=" + p.admin}, strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if err != nil {
		p.t.Fatalf("weir %s: %v\n%s", strings.Join(words, " "), err, out)
	}
	return string(out)
}

// do gives a command for the rollout.
func (p *proxy) do(verb string, words ...string) string {
	p.t.Helper()
	return p.cli(append([]string{"rollout", verb, p.service, "--by", "alice"}, words...)...)
}

// put writes the policy of the service.
func (p *proxy) put(policy string) {
	p.t.Helper()
	p.cliWith(policy, "policy", "put", p.service, "-f", "-")
}
