package nomad

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"weir/internal/testenv"
	"weir/rollout"
	"weir/rollout/detect"
)

// at is the recorded job at a version, with the deployment that f shows of it.
func (f *fake) at(version uint64) detect.Nomad {
	n := theJob()
	n.JobVersion = version
	f.Lock()
	defer f.Unlock()
	for _, d := range f.phase.Deployments {
		if d["JobVersion"] == float64(version) {
			n.Deployment = d["ID"].(string)
		}
	}
	return n
}

// TestAct: what is asked of Nomad, and what comes of it.
func TestAct(t *testing.T) {
	const (
		promoting = `/v1/deployment/promote/ID?namespace=default {"DeploymentID":"ID","Groups":["httpsbackend-sni-1"]}`
		failing   = `/v1/deployment/fail/ID?namespace=default {"DeploymentID":"ID"}`
		reverting = `/v1/job/httpsbackend-sni-1/revert?namespace=default {"EnforcePriorVersion":7,"JobID":"httpsbackend-sni-1","JobVersion":6}`
	)
	for _, c := range []struct {
		name, phase, after string
		verb               string // and the versions that it is about
		versions           [2]uint64
		call, err          string
	}{
		{"promote", "04-canary-shared", "05-canary-shared-just-after-promote", "promote", [2]uint64{3}, promoting, ""},
		{"promote what is promoted", "05-canary-shared-just-after-promote", "", "promote", [2]uint64{3}, "", ""},
		{"promote what is not healthy", "12-auto-revert-at-failure", "", "promote", [2]uint64{9}, promoting,
			`nomad: POST /v1/deployment/promote/ID: 500 Internal Server Error: 1 error occurred: * Task group "httpsbackend-sni-1" has 0/1 healthy allocations`},
		{"promote another version", "12-auto-revert", "", "promote other", [2]uint64{9},
			"", "nomad: deployment ID is of version 9 of job httpsbackend-sni-1, want version 10 of httpsbackend-sni-1"},
		{"fail", "04-canary-shared", "11-canary-fail", "fail", [2]uint64{3}, failing, ""},
		{"fail what has failed", "11-canary-fail", "", "fail", [2]uint64{7}, "", ""},
		{"fail what is successful", "10-revert", "", "fail", [2]uint64{6}, "", "nomad: deployment ID is successful, and cannot be failed"},
		{"revert", "11-canary-fail", "10-revert", "revert", [2]uint64{6, 7}, reverting, ""},
		{"revert what Nomad has reverted", "12-auto-revert", "", "revert", [2]uint64{6, 8}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := startFake(t, c.phase)
			f.after = c.after
			n := f.at(c.versions[0])
			err := act(t.Context(), start(t, f.URL), c.verb, n, f.at(c.versions[1]))
			if want := strings.ReplaceAll(c.err, "ID", n.Deployment); want != fmt.Sprint(err) && (want != "" || err != nil) {
				t.Errorf("error %v, want %s", err, want)
			}
			if got, want := f.made(), strings.ReplaceAll(c.call, `ID?`, n.Deployment+"?"); got != strings.ReplaceAll(want, `"ID"`, `"`+n.Deployment+`"`) {
				t.Errorf("asked\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func act(ctx context.Context, c *Client, verb string, one, other detect.Nomad) error {
	switch verb {
	case "promote":
		return c.Promote(ctx, one)
	case "promote other":
		one.JobVersion++
		return c.Promote(ctx, one)
	case "fail":
		return c.Fail(ctx, one)
	}
	return c.Revert(ctx, one, other)
}

// TestEachGroupIsForItself: a job of which two groups have canaries, made of a
// recorded one. One is promoted, and the other is not; auto_revert of one is
// about both.
func TestEachGroupIsForItself(t *testing.T) {
	f := startFake(t, "04-canary-shared")
	f.after = "04-canary-shared"
	f.Change(func() {
		groups := f.phase.Deployments[0]["TaskGroups"].(map[string]any)
		groups["worker"] = map[string]any{"Promoted": true, "AutoRevert": true, "DesiredCanaries": 2, "PlacedCanaries": []string{"gone"}}
	})
	c := start(t, f.URL)
	until(t, c, f.ids(), complete(f.ids()))
	web, worker := theJob(), theJob()
	worker.Group = "worker"
	var d, other *rollout.Deployment
	testenv.Eventually(t, 20*time.Second, func() error {
		_, d = c.Deployments(web)
		if _, other = c.Deployments(worker); d == nil {
			return errors.New("no deployment")
		}
		return nil
	})
	if d.Promoted || d.CanariesHealthy != 1 || d.CanariesWanted != 1 || !d.AutoRevert {
		t.Errorf("the group of the service: %+v", d)
	}
	if !other.Promoted || other.CanariesHealthy != 0 || other.CanariesWanted != 2 {
		t.Errorf("the other group: %+v", other)
	}
	for _, n := range []detect.Nomad{other.Nomad, d.Nomad} {
		if err := c.Promote(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	if got := f.made(); strings.Count(got, "promote") != 1 || !strings.Contains(got, `"Groups":["httpsbackend-sni-1"]`) {
		t.Errorf("asked\n%s", got)
	}
}
