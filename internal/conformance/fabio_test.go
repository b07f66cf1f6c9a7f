package conformance

import (
	"fmt"
	"maps"
	"net"
	"strings"
	"testing"
	"time"

	"weir/internal/testenv"
)

// TestContract: weir does what fabio does.
func TestContract(t *testing.T) {
	cases := append(readCases[testCase](t, "testdata/fabio/contract.json"), readCases[testCase](t, "testdata/fabio/more.json")...)
	runAll(t, newWorld(t), cases)
}

// TestDifferences: where fabio does harm, weir does what the note says.
func TestDifferences(t *testing.T) {
	runAll(t, newWorld(t), readCases[testCase](t, "testdata/fabio/differs.json"))
}

// runAll runs the cases, each with a weir of its own. Those with Consul share
// the agent and take turns.
func runAll(t *testing.T, w *world, cases []testCase) {
	t.Run("files", func(t *testing.T) {
		for _, c := range cases {
			if c.Source == "" {
				t.Run(c.Name, func(t *testing.T) {
					t.Parallel()
					w.run(t, c)
				})
			}
		}
	})
	for _, c := range cases {
		if c.Source == "consul" {
			t.Run(c.Name, func(t *testing.T) { w.run(t, c) })
		}
	}
}

// run is a case that runs.
type run struct {
	*testCase
	world *world
	proxy *proxy
	vars  map[string]string
}

func (w *world) run(t *testing.T, c testCase) {
	r := &run{testCase: &c, world: w, vars: maps.Clone(w.vars)}
	r.vars["tcp.port"] = fmt.Sprint(testenv.FreePort())
	tcp := net.JoinHostPort("127.0.0.1", r.vars["tcp.port"])
	r.proxy = startProxy(t, w.proxy, []string{"http", "https", "tcp=" + tcp, "tcp+sni", "https+tcp+sni"}, r.args(t)...)
	for i, req := range c.Requests {
		if err := r.eventually(t, req); err != nil {
			t.Errorf("request %d (%s %s %s%s): %v", i+1, req.Listener, req.Method, req.Host, req.Path, err)
		}
	}
}

// args are the flags of the case.
func (c *run) args(t *testing.T) []string {
	dir := t.TempDir()
	htpasswd := writeFile(t, dir, "htpasswd", "bob:{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=\n") // bob:test
	args := []string{"-proxy.localip=192.0.2.9", "-proxy.auth=name=ba;type=basic;file=" + htpasswd + ";realm=R"}
	if c.Strategy != "" {
		args = append(args, "-proxy.strategy="+c.Strategy)
	}
	if c.Matcher != "" {
		args = append(args, "-proxy.matcher="+c.Matcher)
	}
	if c.Source == "consul" {
		args = append(args, c.register(t)...)
	} else {
		args = append(args, "-registry.backend=file",
			"-registry.file.path="+writeFile(t, dir, "routes", c.expand(strings.Join(c.Routes, "\n"))+"\n"),
			"-registry.file.noroutehtmlpath="+writeFile(t, dir, "noroute.html", "<h1>no route</h1>\n"))
	}
	for _, extra := range c.Extra {
		args = append(args, c.expand(extra))
	}
	return args
}

// patience is how long an answer may take to become what it should be: what the
// registry hears of takes a moment.
const patience = 4 * time.Second

// eventually asks until the answer is as expected, and says how it is not.
func (c *run) eventually(t *testing.T, r request) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); ; <-tick.C {
		if err := c.check(r); err == nil || time.Now().After(end) || t.Context().Err() != nil {
			return err
		}
	}
}

func (c *run) expand(text string) string {
	if !strings.Contains(text, "{{") {
		return text
	}
	var pairs []string
	for name, value := range c.vars {
		pairs = append(pairs, "{{"+name+"}}", value)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
