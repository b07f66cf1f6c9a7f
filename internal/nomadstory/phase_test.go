package nomadstory

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"weir/internal/testenv"
)

// The names in the recordings.
const (
	recordedJob = "httpsbackend-sni-1" // of the job, its group, task and service
	site        = "mysite-sni-1.com"
	canarySite  = "canary." + site
)

// document is what Nomad says of one thing.
type document = map[string]any

// phase is one moment of the job.
type phase struct {
	Deployments []document `json:"deployments"`
	Allocations []document `json:"allocations"`
	Services    []service  `json:"-"`
}

// service is an instance as Consul showed it.
type service struct {
	ID, Service  string
	Tags         []string
	Meta         map[string]string
	Status       string
	JobVersion   int    `json:"-"`
	AllocationID string `json:"-"`
}

// archive reads recordings, with names that belong to one test: all stories
// share an agent.
type archive struct {
	t      *testing.T
	consul *testenv.Consul
	http   bool // the job speaks HTTP, and not TLS behind TCP+SNI
}

// allocationEnd is the part of a UUID that is another in each story.
var allocationEnd = regexp.MustCompile(`([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-)[0-9a-f]{12}`)

func (a *archive) read(file string, into any) {
	a.t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		a.t.Fatal(err)
	}
	text := strings.ReplaceAll(string(raw), recordedJob, a.service())
	text = strings.ReplaceAll(text, "urlprefix-", a.consul.Name("urlprefix-"))
	text = allocationEnd.ReplaceAllString(text, "${1}"+a.end())
	if a.http {
		text = strings.ReplaceAll(text, " proto=tcp+sni", "")
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		a.t.Fatalf("%s: %v", file, err)
	}
}

func (a *archive) service() string { return a.consul.Name(recordedJob) }

// end is twelve digits that no other story has.
func (a *archive) end() string {
	const digits = "0123456789abcdef"
	end := []byte("000000000000")
	for i, c := range []byte(a.consul.Name("")) {
		end[i%12] = digits[(int(end[i%12])+int(c))%16]
	}
	return string(end)
}

// phase is a moment by its name.
func (a *archive) phase(name string) (p phase) {
	a.t.Helper()
	a.read("../../rollout/nomad/testdata/phases/"+name+".json", &p)
	a.read("testdata/services/"+name+".json", &p.Services)
	for i := range p.Services {
		s := &p.Services[i]
		s.AllocationID = strings.TrimPrefix(s.ID, "_nomad-task-")[:36]
		s.JobVersion = versionOf(one(p.Allocations, s.AllocationID))
	}
	// Nomad lists deployments by ID, and not the newest first.
	slices.SortFunc(p.Deployments, func(a, b document) int { return strings.Compare(a["ID"].(string), b["ID"].(string)) })
	return p
}

// without is the moment before a job version came.
func (p phase) without(version int) phase {
	later := func(d document) bool { return versionOf(d) >= version }
	return phase{
		slices.DeleteFunc(slices.Clone(p.Deployments), later), slices.DeleteFunc(slices.Clone(p.Allocations), later),
		slices.DeleteFunc(slices.Clone(p.Services), func(s service) bool { return s.JobVersion >= version }),
	}
}

func versionOf(d document) int { return int(d["JobVersion"].(float64)) }

func one(list []document, id string) document {
	for _, d := range list {
		if d["ID"] == id {
			return d
		}
	}
	return nil
}
