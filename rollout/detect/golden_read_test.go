package detect_test

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"weir/rollout/detect"
	"weir/route"
)

// testCase is one file of testdata.
type testCase struct {
	reader    detect.Reader
	instances []route.Instance
	known     detect.Known
	specs     map[uint64]string // of job versions
}

func readCase(t *testing.T, a *txtar.Archive) *testCase {
	t.Helper()
	c := &testCase{specs: map[uint64]string{}, reader: detect.Reader{Allocations: map[string]detect.Allocation{}}}
	parts := map[string]string{}
	for _, f := range a.Files {
		parts[f.Name] = string(f.Data)
	}
	kind, name, _ := strings.Cut(strings.TrimSpace(parts["scope"]), " ")
	c.reader.Scope = route.Scope{Kind: kind, Name: name}
	if file := strings.TrimSpace(parts["versions"]); file != "" {
		c.readVersions(t, "testdata/versions/"+file+".json")
		c.readHealth(t, parts["health.json"])
		c.readAllocations(t, parts["allocations.json"])
	}
	for line := range lines(parts["instances"]) {
		c.instances = append(c.instances, readInstance(line))
	}
	for line := range lines(parts["allocations"]) {
		w := append(strings.Fields(line), "", "")
		v, _ := strconv.ParseUint(w[1], 10, 64)
		c.reader.Allocations[w[0]] = detect.Allocation{Nomad: detect.Nomad{Job: "web", JobVersion: v, Spec: w[2]},
			Canary: w[3] == "canary", Healthy: w[4] == "healthy"}
	}
	for line := range lines(parts["known"]) {
		c.readKnown(strings.Fields(line + " "))
	}
	return c
}

// lines yields the lines that hold something.
func lines(text string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for line := range strings.Lines(text) {
			if line = strings.TrimSpace(line); line != "" && !yield(line) {
				return
			}
		}
	}
}

// readInstance reads "SERVICE ID up|down | TAG | meta KEY=VALUE".
func readInstance(line string) route.Instance {
	parts := strings.Split(line, " | ")
	w := strings.Fields(parts[0])
	in := route.Instance{Service: w[0], ID: w[1], Node: "n1", Address: "10.0.0.1", Port: 80, Up: w[2] == "up", Meta: map[string]string{}}
	for _, p := range parts[1:] {
		if meta, ok := strings.CutPrefix(p, "meta "); ok {
			k, v, _ := strings.Cut(meta, "=")
			in.Meta[k] = v
			continue
		}
		in.Tags = append(in.Tags, p)
	}
	return in
}

// readKnown reads "stable KEY", "candidate KEY", "promoting", "instance REF KEY"
// and "version KEY [JOBVERSION [SPEC]]".
func (c *testCase) readKnown(w []string) {
	k := &c.known
	switch w = append(w, "", "", ""); w[0] {
	case "stable":
		k.Stable = w[1]
	case "candidate":
		k.Candidate = w[1]
	case "promoting":
		k.Promoting = true
	case "instance":
		if k.Instances == nil {
			k.Instances = map[string]string{}
		}
		k.Instances[detect.Digest(w[1])] = w[2]
	case "version":
		v, _ := strconv.ParseUint(w[2], 10, 64)
		spec := w[3]
		if spec == "" && w[2] != "" {
			spec = c.specs[v]
		}
		k.Versions = append(k.Versions, detect.Version{Key: w[1], JobVersion: v, Spec: spec})
	}
}

// readVersions takes the fingerprints of recorded job versions.
func (c *testCase) readVersions(t *testing.T, file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, job := range decode[[]json.RawMessage](t, string(text)) {
		head := decode[struct {
			Version    uint64
			TaskGroups []struct{ Name string }
		}](t, string(job))
		spec, err := detect.Fingerprint(job, head.TaskGroups[0].Name)
		if err != nil {
			t.Fatal(err)
		}
		c.specs[head.Version] = spec
	}
}

func (c *testCase) readHealth(t *testing.T, text string) {
	for _, e := range decode[[]struct {
		Node    struct{ Node, Datacenter string }
		Service struct {
			ID, Service, Address string
			Port                 int
			Tags                 []string
			Meta                 map[string]string
		}
		Checks []struct{ Status string }
	}](t, text) {
		in := route.Instance{Service: e.Service.Service, ID: e.Service.ID, Node: e.Node.Node, Datacenter: e.Node.Datacenter,
			Address: e.Service.Address, Port: e.Service.Port, Tags: e.Service.Tags, Meta: e.Service.Meta, Up: true}
		for _, check := range e.Checks {
			in.Up = in.Up && check.Status == "passing"
		}
		c.instances = append(c.instances, in)
	}
}

func (c *testCase) readAllocations(t *testing.T, text string) {
	for _, a := range decode[[]struct {
		ID, JobID, Namespace, TaskGroup string
		JobVersion                      uint64
		DeploymentStatus                struct{ Canary, Healthy bool }
	}](t, text) {
		c.reader.Allocations[a.ID] = detect.Allocation{Canary: a.DeploymentStatus.Canary, Healthy: a.DeploymentStatus.Healthy,
			Nomad: detect.Nomad{Namespace: a.Namespace, Job: a.JobID, Group: a.TaskGroup, JobVersion: a.JobVersion, Spec: c.specs[a.JobVersion]}}
	}
}

func decode[T any](t *testing.T, text string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}
