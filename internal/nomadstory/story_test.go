package nomadstory

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"weir/admin"
	"weir/internal/testenv"
)

// within bounds what other processes may take; most of it takes milliseconds,
// and nothing more than half a minute on a machine that is not busy.
const within = 3 * time.Minute

// story is one job in front of which weir stands.
type story struct {
	*archive
	nomad *nomad
	admin string // of weir
	addr  string // of its listener
	certs testenv.Cert
	tasks map[string]*task   // by service ID
	there map[string]service // what is registered, by service ID
	scope string             // what the rollout is of, for the command line: the service, or a route
	crowd crowd
}

// tell starts everything but the job. With web the job speaks HTTP.
func tell(t *testing.T, web bool) *story {
	t.Helper()
	t.Parallel()
	a := &archive{t: t, consul: testenv.SharedConsul(t), http: web}
	s := &story{archive: a, nomad: startNomad(t, a), certs: testenv.NewCert(t, site, canarySite), tasks: map[string]*task{}, there: map[string]service{}}
	s.scope, s.crowd.version = s.service(), map[string]int{}
	t.Cleanup(func() { // after the clients have left
		for _, k := range s.tasks {
			k.stop()
		}
	})
	proto := map[bool]string{false: "tcp+sni", true: "http"}[web]
	p := testenv.StartProcess(t, s.command("-proxy.addr", "127.0.0.1:0;proto="+proto, "-ui.addr", "127.0.0.1:0",
		"-registry.consul.addr", s.consul.Addr, "-registry.consul.tagprefix", s.consul.Name("urlprefix-"), "-registry.retry", "50ms",
		"-registry.consul.kvpath", s.consul.Key("config"), "-registry.consul.noroutehtmlpath", s.consul.Key("noroute.html"),
		"-store.consul.prefix", s.consul.Key("weir"), "-nomad.addr", s.nomad.URL))
	logged := func(pattern string) (found string) {
		testenv.Eventually(t, within, func() error {
			m := regexp.MustCompile(pattern).FindStringSubmatch(p.Output())
			if m == nil {
				return fmt.Errorf("%s is not in\n%s", pattern, p.Output())
			}
			found = m[1]
			return nil
		})
		return found
	}
	t.Cleanup(func() {
		p.Kill()
		if strings.Contains(p.Output(), "DATA RACE") {
			t.Errorf("weir printed\n%s", p.Output())
		}
	})
	s.admin, s.addr = logged(`admin=(\S+)`), logged(`msg=listening listener=(\S+)`)
	return s
}

// command is weir with arguments.
func (s *story) command(words ...string) *exec.Cmd {
	cmd := exec.CommandContext(context.WithoutCancel(s.t.Context()), testenv.SharedWeir(s.t), words...)
	cmd.Dir = s.t.TempDir()
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + cmd.Dir, "WEIR_ADMIN=" + s.admin}
	return cmd
}

// show goes on to a moment: in Nomad, with the tasks, and in Consul.
func (s *story) show(p phase) {
	s.t.Helper()
	s.nomad.Change(func() { s.nomad.phase = p })
	s.register(p.Services)
}

// register lets Consul show what it showed: what is new comes with a check that
// is critical at first, what is there changes its tags in place, and what is
// gone leaves Consul before its task ends.
func (s *story) register(list []service) {
	s.t.Helper()
	left := map[string]bool{}
	for id := range s.there {
		left[id] = true
	}
	for _, i := range list {
		delete(left, i.ID)
		was, there := s.there[i.ID]
		s.there[i.ID] = i
		if !there {
			cert := &s.certs
			if s.http {
				cert = nil
			}
			s.tasks[i.ID] = begin(s.t, i.JobVersion, i.AllocationID, cert)
			s.put(i, "critical")
			s.consul.SetCheck(i.ID, i.Status)
		} else if !slices.Equal(was.Tags, i.Tags) || was.Status != i.Status {
			s.put(i, i.Status)
		}
	}
	for id := range left {
		s.consul.Deregister(id)
		s.tasks[id].leave()
		delete(s.there, id)
	}
}

func (s *story) put(i service, status string) {
	s.consul.Register(testenv.Service{Name: i.Service, ID: i.ID, Address: "127.0.0.1", Port: s.tasks[i.ID].port, Tags: i.Tags, Meta: i.Meta, Status: status})
}

// policy puts one for the job, by the command line, and waits until a version is
// stable.
func (s *story) policy(stable string, lines ...string) {
	s.t.Helper()
	lines = append([]string{"service: " + s.service(), "detect: {stabilise: 1s}", "analysis: {warmup: 0s}"}, lines...)
	file := filepath.Join(s.t.TempDir(), "policy.yaml")
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		s.t.Fatal(err)
	}
	s.cli("policy", "put", s.service(), "-f", file)
	s.is("healthy", stable, "", 0, "")
}

// cli runs a command of weir and returns what it prints.
func (s *story) cli(words ...string) string {
	s.t.Helper()
	out, err := s.command(words...).CombinedOutput()
	if err != nil {
		s.t.Fatalf("weir %s: %v\n%s", strings.Join(words, " "), err, out)
	}
	return string(out)
}

// does runs a command for the rollout, whose output must hold a text.
func (s *story) does(verb, says string, words ...string) {
	s.t.Helper()
	if verb != "status" && verb != "get" && verb != "history" && verb != "audit" {
		words = append(words, "--by", "alice")
	}
	if out := s.cli(append([]string{"rollout", verb, s.scope}, words...)...); !strings.Contains(out, says) {
		s.t.Errorf("weir rollout %s printed\n%s\nwithout %q", verb, out, says)
	}
}

// rollout is what the API says.
func (s *story) rollout() (r admin.Rollout, err error) {
	kind := "service/"
	if strings.Contains(s.scope, "/") {
		kind = "route/"
	}
	resp, err := http.Get("http://" + s.admin + "/api/v1/rollouts/" + kind + s.scope)
	if err != nil {
		return r, err
	}
	defer resp.Body.Close()
	return r, json.NewDecoder(resp.Body).Decode(&r)
}

// is waits until the rollout is in a phase and step (0: none or any), with these
// versions, and says a text about it that people read.
func (s *story) is(phase, stable, candidate string, step int, says string) (last admin.Rollout) {
	s.t.Helper()
	testenv.Eventually(s.t, within, func() error {
		r, err := s.rollout()
		key := func(v *admin.RolloutVersion) string {
			if v == nil {
				return ""
			}
			return v.Key
		}
		last = r
		if err == nil && (r.Phase != phase || step != 0 && r.Step != step || key(r.Stable) != stable || key(r.Candidate) != candidate ||
			!strings.Contains(r.Why, says) || r.AppliedGeneration != r.Generation) {
			err = fmt.Errorf("want %s in step %d, %q stable, candidate %q, saying %q; it is %s in step %d, %q stable, candidate %q, saying %q; generation %d of %d",
				phase, step, stable, candidate, says, r.Phase, r.Step, key(r.Stable), key(r.Candidate), r.Why, r.AppliedGeneration, r.Generation)
		}
		return err
	})
	return last
}

// targets waits until the site has so many in the table.
func (s *story) targets(n int) {
	s.t.Helper()
	testenv.Eventually(s.t, within, func() error {
		resp, err := http.Get("http://" + s.admin + "/api/routes?raw")
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if got := strings.Count(string(text), " "+site+"/ "); err == nil && got != n {
			err = fmt.Errorf("%s has %d targets, want %d\n%s", site, got, n, text)
		}
		return err
	})
}

// told waits until Nomad was told something.
func (s *story) told(verb string) {
	s.t.Helper()
	select {
	case got := <-s.nomad.told:
		if got != verb {
			s.t.Errorf("Nomad was told to %s, want %s", got, verb)
		}
	case <-time.After(within):
		s.t.Fatalf("Nomad was not told to %s", verb)
	}
}
