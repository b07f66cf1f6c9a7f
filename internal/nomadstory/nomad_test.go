package nomadstory

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"weir/internal/testenv"
)

// nomad stands in for Nomad: see the package. It answers reads from a moment,
// and does itself what Nomad does at once when it is told to promote or to fail.
type nomad struct {
	*httptest.Server
	*testenv.Blocking
	versions []json.RawMessage // of the job, by number
	told     chan string       // verbs that were called

	phase phase
	calls []string // that change something
}

func startNomad(t *testing.T, a *archive) *nomad {
	t.Helper()
	n := &nomad{Blocking: testenv.NewBlocking(), told: make(chan string, 100)}
	a.read("../../rollout/nomad/testdata/versions.json", &n.versions)
	n.Server = httptest.NewServer(n)
	t.Cleanup(n.Close)
	return n
}

// called counts the calls of a verb.
func (n *nomad) called(verb string) (count int) {
	n.Lock()
	defer n.Unlock()
	for _, c := range n.calls {
		if c == verb {
			count++
		}
	}
	return count
}

func (n *nomad) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.Split(strings.TrimPrefix(r.URL.Path, "/v1/"), "/")
	if r.Method == http.MethodPost {
		n.act(w, r, path)
		return
	}
	n.Wait(r)
	n.Lock()
	defer n.Unlock()
	answer, ok := n.answer(path)
	n.Answer(w, answer, ok)
}

// answer is what a path says now. The lock is held.
func (n *nomad) answer(path []string) (any, bool) {
	switch {
	case path[0] == "allocation":
		a := one(n.phase.Allocations, path[1])
		if a == nil {
			return nil, false
		}
		return document{"ID": a["ID"], "Namespace": a["Namespace"], "JobID": a["JobID"], "JobVersion": a["JobVersion"], "Job": n.versions[versionOf(a)]}, true
	case path[0] == "deployment":
		d := one(n.phase.Deployments, path[1])
		return d, d != nil
	case len(path) == 2:
		return n.versions[n.current()], true
	}
	list := n.versions[max(0, n.current()-5) : n.current()+1] // Nomad lists six
	list = slices.Clone(list)
	slices.Reverse(list)
	answer, ok := document{"allocations": n.phase.Allocations, "deployments": n.phase.Deployments, "versions": document{"Versions": list}}[path[2]]
	return answer, ok
}

func (n *nomad) current() (version int) {
	for _, d := range n.phase.Deployments {
		version = max(version, versionOf(d))
	}
	return version
}

// act is deployment/VERB/ID or job/ID/revert.
func (n *nomad) act(w http.ResponseWriter, r *http.Request, path []string) {
	var err error
	verb := path[1]
	if path[0] == "job" {
		verb = path[2]
	}
	n.Change(func() {
		n.calls = append(n.calls, verb)
		switch d := one(n.phase.Deployments, path[2]); {
		case verb == "promote":
			err = n.promote(d)
		case verb == "fail":
			n.fail(d)
		}
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	fmt.Fprint(w, "{}")
	n.told <- verb
}

// promote looks at the canaries' own health, as Nomad does.
func (n *nomad) promote(d document) error {
	for name, g := range d["TaskGroups"].(document) {
		healthy, group := 0, g.(document)
		for _, a := range n.canaries(group) {
			if status, _ := a["DeploymentStatus"].(document); status["Healthy"] == true {
				healthy++
				status["Canary"] = false
			}
		}
		if want := int(group["DesiredCanaries"].(float64)); healthy < want {
			return fmt.Errorf("1 error occurred:\n\t* Task group %q has %d/%d healthy allocations", name, healthy, want)
		}
		group["Promoted"] = true
	}
	d["StatusDescription"] = "Deployment is running"
	return nil
}

func (n *nomad) fail(d document) {
	d["Status"], d["StatusDescription"] = "failed", "Deployment marked as failed"
	for _, g := range d["TaskGroups"].(document) {
		for _, a := range n.canaries(g.(document)) {
			a["DesiredStatus"] = "stop"
		}
	}
}

func (n *nomad) canaries(group document) (list []document) {
	ids, _ := group["PlacedCanaries"].([]any)
	for _, id := range ids {
		if a := one(n.phase.Allocations, id.(string)); a != nil {
			list = append(list, a)
		}
	}
	return list
}
