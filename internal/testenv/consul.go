package testenv

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// sharedAddr is the environment variable in which ConsulMain tells the tests
// of its process where the agent listens.
const sharedAddr = "TESTENV_CONSUL_ADDR"

// ConsulMain is the TestMain of a package that needs Consul: it starts one
// agent for all tests of the package, runs them, fails on a goroutine that they
// left behind, stops the agent, and exits.
func ConsulMain(m *testing.M) { consulMain(m, func(string) error { return nil }) }

// consulMain is ConsulMain with something else to do before the tests in a
// folder that goes away after them.
func consulMain(m *testing.M, prepare func(dir string) error) {
	dir, err := os.MkdirTemp("", "weir-consul-")
	if err != nil {
		fatal(err)
	}
	if err := prepare(dir); err != nil {
		fatal(err)
	}
	agent, err := startAgent(context.Background(), dir)
	if err != nil {
		fatal(err)
	}
	os.Setenv(sharedAddr, agent.addr)
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		agent.stop()
		os.RemoveAll(dir)
		os.Exit(code)
	}))
}

func fatal(err error) {
	fmt.Fprintln(os.Stderr, "testenv:", err)
	os.Exit(1)
}

// Consul is a running agent as one test sees it. Names from Name and keys from
// Key belong to this test alone, so that tests can share an agent.
type Consul struct {
	Addr string // host:port of the HTTP API

	t     testing.TB
	space string
	agent *agent // nil when shared
}

// SharedConsul returns the agent that ConsulMain started.
func SharedConsul(t testing.TB) *Consul {
	t.Helper()
	addr := os.Getenv(sharedAddr)
	if addr == "" {
		t.Fatal("the package's TestMain must call testenv.ConsulMain")
	}
	return &Consul{Addr: addr, t: t, space: space()}
}

// StartConsul starts an agent for this test alone, which may stop and restart
// it, and stops it when the test ends.
func StartConsul(t testing.TB) *Consul {
	t.Helper()
	agent, err := startAgent(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(agent.stop)
	return &Consul{Addr: agent.addr, t: t, space: space(), agent: agent}
}

func space() string { return "t" + strconv.FormatUint(uint64(rand.Uint32()), 36) }

// Name makes a service name, ID or host label that no other test uses.
func (c *Consul) Name(name string) string { return c.space + "-" + name }

// Key makes a key of Consul's KV that no other test uses.
func (c *Consul) Key(key string) string { return c.space + "/" + key }

// Stop ends an agent that StartConsul started, with all it knew.
func (c *Consul) Stop() { c.agent.stop() }

// Restart starts an agent that was stopped again at its address. It comes back
// empty and with a lower index, as servers restored from nothing do.
func (c *Consul) Restart() {
	c.t.Helper()
	if err := c.agent.start(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
}

// agent is a Consul process.
type agent struct {
	binary, dir string
	addr        string // of the HTTP API
	ports       [3]int // HTTP, serf, server
	cmd         *exec.Cmd
}

// startAgent starts a Consul in dir. A port that another process took between
// being found free and being used costs one more try.
func startAgent(ctx context.Context, dir string) (*agent, error) {
	binary, err := ConsulBinary(ctx)
	if err != nil {
		return nil, err
	}
	var failed error
	for range 3 {
		a := &agent{binary: binary, dir: dir}
		for i := range a.ports {
			a.ports[i] = FreePort()
		}
		a.addr = net.JoinHostPort("127.0.0.1", strconv.Itoa(a.ports[0]))
		if err := a.start(ctx); err == nil {
			return a, nil
		} else {
			failed = errors.Join(failed, err)
		}
	}
	return nil, failed
}

// start runs the agent and waits until it answers as a leader.
func (a *agent) start(ctx context.Context) error {
	log, err := os.Create(filepath.Join(a.dir, "consul.log"))
	if err != nil {
		return err
	}
	defer log.Close()
	a.cmd = exec.Command(a.binary, "agent", "-dev", "-bind=127.0.0.1", "-client=127.0.0.1", "-log-level=warn",
		"-node=n"+strconv.Itoa(a.ports[0]), "-http-port="+strconv.Itoa(a.ports[0]),
		"-serf-lan-port="+strconv.Itoa(a.ports[1]), "-server-port="+strconv.Itoa(a.ports[2]),
		"-serf-wan-port=-1", "-grpc-port=-1", "-grpc-tls-port=-1", "-dns-port=-1", "-hcl=disable_update_check=true")
	a.cmd.Stdout, a.cmd.Stderr = log, log
	a.cmd.SysProcAttr = childAttr()
	if err := a.cmd.Start(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if err := poll(ctx, 20*time.Millisecond, a.ready); err != nil {
		a.stop()
		text, _ := os.ReadFile(log.Name())
		return fmt.Errorf("consul agent at %s: %w\n%s", a.addr, err, text)
	}
	return nil
}

// ready says nil once the agent has a leader, itself, and is in its catalog.
func (a *agent) ready() error {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Second}
	body, err := do(client, "GET", "http://"+a.addr+"/v1/health/state/passing", nil)
	if err == nil && !strings.Contains(string(body), "serfHealth") {
		err = errors.New("it is not in its own catalog yet")
	}
	return err
}

// stop ends the process at once: a development agent keeps nothing anyway.
func (a *agent) stop() {
	a.cmd.Process.Kill()
	a.cmd.Wait()
}

// FreePort finds a port of 127.0.0.1 that is free now, below those that the system gives to
// outgoing connections and to listeners on port 0.
func FreePort() int {
	for {
		port := 20000 + rand.IntN(12000)
		ln, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err == nil {
			ln.Close()
			return port
		}
	}
}
