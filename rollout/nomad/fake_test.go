package nomad

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"

	"weir/internal/testenv"
)

// token is what the fake Nomad wants.
const token = "0c8e2b6a-token"

// jobName is the job of all recorded answers.
const jobName = "httpsbackend-sni-1"

// fake is an HTTP server that answers as Nomad did: testdata/phases and
// testdata/versions.json are answers of a real Nomad 2.0.6 (allocation lists
// without TaskStates and without what had ended), recorded while it did what the
// name of the phase says. What it says of a single allocation, and to calls that
// change something, is made from those answers and from Nomad's source.
type fake struct {
	*httptest.Server
	*testenv.Blocking

	versions []json.RawMessage
	phase    phase
	after    string          // the phase that a call which changes something leads to
	down     bool            // answers 500 to all
	hidden   map[string]bool // job versions that are not in the list any more
	calls    []string        // that change something, with their bodies
	reads    map[string]int  // calls by path
}

// phase is what Nomad knows at one moment.
type phase struct {
	Deployments []map[string]any `json:"deployments"`
	Allocations []map[string]any `json:"allocations"`
}

// startFake starts a fake that shows a phase.
func startFake(t *testing.T, name string) *fake {
	t.Helper()
	f := &fake{Blocking: testenv.NewBlocking(), hidden: map[string]bool{}, reads: map[string]int{}}
	f.versions = readJSON[[]json.RawMessage](t, "testdata/versions.json")
	f.show(t, name)
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { f.serve(t, w, r) }))
	t.Cleanup(f.Server.Close)
	return f
}

func readJSON[T any](t *testing.T, file string) (v T) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, &v)
	}
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return v
}

// show goes on to a phase.
func (f *fake) show(t *testing.T, name string) {
	t.Helper()
	p := readJSON[phase](t, "testdata/phases/"+name+".json")
	f.Change(func() { f.phase = p })
}

// made lists the calls that change something.
func (f *fake) made() string {
	f.Lock()
	defer f.Unlock()
	return strings.Join(f.calls, "\n")
}

func (f *fake) readsOf(path string) int {
	f.Lock()
	defer f.Unlock()
	return f.reads[path]
}

func (f *fake) serve(t *testing.T, w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("X-Nomad-Token") != token {
		http.Error(w, "Permission denied", http.StatusForbidden)
		return
	}
	if r.Method == http.MethodPost {
		f.act(t, w, r)
		return
	}
	f.Wait(r)
	f.Lock()
	defer f.Unlock()
	f.reads[r.URL.Path]++
	if f.down {
		http.Error(w, "No cluster leader", http.StatusInternalServerError)
		return
	}
	answer, ok := f.answer(strings.Split(strings.TrimPrefix(r.URL.Path, "/v1/"), "/"))
	f.Answer(w, answer, ok)
}

// answer is what a path says now. The lock is held.
func (f *fake) answer(path []string) (any, bool) {
	switch path[0] {
	case "allocation":
		if a := one(f.phase.Allocations, path[1]); a != nil {
			job := f.versions[int(a["JobVersion"].(float64))]
			return map[string]any{"ID": a["ID"], "Namespace": a["Namespace"], "JobID": a["JobID"], "JobVersion": a["JobVersion"], "Job": job}, true
		}
	case "deployment":
		d := one(f.phase.Deployments, path[1])
		return d, d != nil
	case "job":
		if path[1] != jobName {
			return []any{}, len(path) > 2 && path[2] != "versions"
		}
		if len(path) == 2 {
			return f.versions[f.current()], true
		}
		return map[string]any{"allocations": f.phase.Allocations, "deployments": f.phase.Deployments,
			"versions": map[string]any{"Versions": f.listed()}}[path[2]], true
	}
	return nil, false
}

// listed are the versions that Nomad still lists: the last six.
func (f *fake) listed() (list []json.RawMessage) {
	for v := f.current(); v >= max(0, f.current()-5); v-- {
		if !f.hidden[strconv.Itoa(v)] {
			list = append(list, f.versions[v])
		}
	}
	return list
}

// current is the version of the job.
func (f *fake) current() int { return int(f.phase.Deployments[0]["JobVersion"].(float64)) }

func one(list []map[string]any, id string) map[string]any {
	for _, a := range list {
		if a["ID"] == id {
			return a
		}
	}
	return nil
}

// act is a call that changes something: it leads to the phase f.after.
func (f *fake) act(t *testing.T, w http.ResponseWriter, r *http.Request) {
	var body map[string]any
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		t.Error(err)
	}
	text, _ := json.Marshal(body) // its keys are sorted
	f.Lock()
	f.calls = append(f.calls, fmt.Sprintf("%s?%s %s", r.URL.Path, r.URL.RawQuery, text))
	after := f.after
	f.Unlock()
	if after == "" {
		http.Error(w, `1 error occurred:
	* Task group "httpsbackend-sni-1" has 0/1 healthy allocations`, http.StatusInternalServerError)
		return
	}
	f.show(t, after)
	fmt.Fprint(w, "{}")
}
