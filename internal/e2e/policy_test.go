package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"weir/admin"
	"weir/internal/testenv"
)

// shop is a service under a policy, in front of which weir stands.
type shop struct {
	*weir
	t       *testing.T
	consul  *testenv.Consul
	service string
}

// run registers an instance of a version, which answers with its name.
func (s *shop) run(version string) {
	s.t.Helper()
	b := testenv.HTTPBackend(s.t, version)
	s.consul.Register(testenv.Service{Name: s.service, ID: s.consul.Name(version), Address: b.Host, Port: b.Port,
		Tags: []string{s.consul.Name("urlprefix-") + "shop.test/", "version=" + version}})
}

// is waits until the rollout is in a phase and step, with a stable version.
func (s *shop) is(phase string, step int, stable string) {
	s.t.Helper()
	testenv.Eventually(s.t, 2*within, func() error {
		a := s.api("GET", "/api/v1/rollouts/service/"+s.service, "")
		var r admin.Rollout
		err := json.Unmarshal([]byte(a.body), &r)
		if err == nil && (r.Phase != phase || r.Step != step || r.Stable == nil || r.Stable.Key != stable) {
			err = fmt.Errorf("want %s in step %d with %s stable, there is %d\n%s", phase, step, stable, a.status, a.body)
		}
		return err
	})
}

// ends waits for the end of the rollout as a pipeline does.
func (s *shop) ends(code int, says string) {
	s.t.Helper()
	out, err := command(s.t, []string{"WEIR_ADMIN=" + s.admin}, "rollout", "status", s.service, "--timeout", "2m").CombinedOutput()
	got := 0
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		got = failed.ExitCode()
	}
	if got != code || !strings.Contains(string(out), says) {
		s.t.Errorf("weir rollout status ended with %d, want %d and %q\n%s", got, code, says, out)
	}
}

// only fails unless all requests are answered by one version.
func (s *shop) only(version string) {
	s.t.Helper()
	if got := s.tally(0, "http://shop.test/", 60); got[version] != 60 {
		s.t.Errorf("requests are answered by %v, want %s", got, version)
	}
}

// does runs a command for the rollout, whose output must hold a text.
func (s *shop) does(says, verb string, words ...string) {
	s.t.Helper()
	out := s.cli(append([]string{"rollout", verb, s.service, "--by", "alice"}, words...)...)
	if !strings.Contains(out, says) {
		s.t.Errorf("weir rollout %s printed\n%s\nwithout %q", verb, out, says)
	}
}

const shopPolicy = `
service: %s
detect: {stabilise: 1s}
steps:
- set_weight: 10%%
- pause: {}
- set_weight: 50%%
- pause: {}
- set_weight: 100%%
- promote: {}
`

// TestARolloutFromTheCommandLine: a policy, a new version, promotion, abort,
// promotion to the end, undo; by two real weirs with a real agent.
func TestARolloutFromTheCommandLine(t *testing.T) {
	t.Parallel()
	c := testenv.SharedConsul(t)
	s := &shop{t: t, consul: c, service: c.Name("shop")}
	s.run("v1")
	other := *s
	s.weir, other.weir = start(t, "http", consulFlags(c, c.Addr)...), start(t, "http", consulFlags(c, c.Addr)...)
	s.routes("shop.test/ v1 100%")
	other.routes("shop.test/ v1 100%")
	file := filepath.Join(t.TempDir(), "shop.yaml")
	if err := os.WriteFile(file, fmt.Appendf(nil, shopPolicy, s.service), 0o600); err != nil {
		t.Fatal(err)
	}
	s.cli("policy", "put", "shop", "-f", file)
	s.is("healthy", 0, "v1")

	s.run("v2")
	s.is("paused", 2, "v1")
	s.routes("shop.test/ canary 10%", "shop.test/ stable 90%")
	binomial(t, "the candidate", s.tally(0, "http://shop.test/", 400)["v2"], 400, 0.1)
	s.does("give the candidate 50%", "promote")
	s.is("paused", 4, "v1")
	s.routes("shop.test/ canary 50%", "shop.test/ stable 50%")

	other.does("aborted by alice: errors in the log", "abort", "--reason", "errors in the log")
	other.only("v1") // at once
	s.routes("shop.test/ canary 0%", "shop.test/ stable 100%")
	s.only("v1")
	s.ends(2, "aborted by alice: errors in the log")

	s.does("begun again by alice", "retry")
	s.is("paused", 2, "v1")
	s.does("promoting", "promote", "--full")
	s.ends(0, "v2 is stable now")
	s.only("v2")

	s.does("back to revision 1", "undo")
	s.ends(0, "v1 is stable now")
	s.only("v1")
	history := s.cli("rollout", "history", s.service)
	for _, outcome := range []string{"v2 +v1 +completed", "v1 +v2 +completed", "v1 +v2 +aborted"} {
		if !regexp.MustCompile(outcome).MatchString(history) {
			t.Errorf("%s is not in\n%s", outcome, history)
		}
	}
}
