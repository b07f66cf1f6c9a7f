package app

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"weir/internal/testenv"
	"weir/registry/inproc"
	"weir/route"
	"weir/store/embedded"
)

// gated asks before it promotes.
const gated = `
service: web
analysis: {unit: request, warmup: 0s}
guards: {max_weight_per_instance_ratio: 100}
detect: {stabilise: 1ms}
nomad: auto
steps: [{set_weight: 100%%}, {gate: {name: approval, webhook: "%s"}}, {promote: {}}]
`

// Allocations of the job of these tests.
const (
	oldAllocation = "4ee1c61d-8636-0fda-1a5f-ee6b7a6dee2d"
	newAllocation = "0a8c5c75-4599-a822-307b-d11a341f094a"
)

// nomadServer answers as Nomad does about a job whose second version is a
// canary. It is no Nomad: rollout/nomad has tests with recorded answers.
func nomadServer(t *testing.T, calls chan<- string) *httptest.Server {
	allocation := func(id string, version int) string {
		return fmt.Sprintf(`{"ID":%q,"Namespace":"default","JobID":"web","JobVersion":%d,"TaskGroup":"web","ClientStatus":"running","DesiredStatus":"run",
			"DeploymentStatus":{"Canary":%t,"Healthy":true}}`, id, version, version == 1)
	}
	version := func(n int) string {
		return fmt.Sprintf(`{"ID":"web","Version":%d,"CreateIndex":5,"TaskGroups":[{"Name":"web","Tasks":[{"Name":"t","Env":{"V":"%[1]d"}}]}]}`, n)
	}
	deployment := fmt.Sprintf(`{"ID":"d1","JobID":"web","JobVersion":1,"JobCreateIndex":5,"Status":"running",
		"TaskGroups":{"web":{"DesiredCanaries":1,"PlacedCanaries":[%q]}}}`, newAllocation)
	answers := map[string]string{
		"/v1/allocation/" + oldAllocation: allocation(oldAllocation, 0),
		"/v1/allocation/" + newAllocation: allocation(newAllocation, 1),
		"/v1/job/web/allocations":         "[" + allocation(oldAllocation, 0) + "," + allocation(newAllocation, 1) + "]",
		"/v1/job/web/deployments":         "[" + deployment + "]",
		"/v1/job/web/versions":            `{"Versions":[` + version(1) + "," + version(0) + "]}",
		"/v1/deployment/d1":               deployment,
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Method == http.MethodPost {
			calls <- r.URL.Path + " " + string(body) + " " + r.Header.Get("X-Nomad-Token")
		}
		if r.URL.Query().Get("wait") != "" {
			<-r.Context().Done()
			return
		}
		w.Header().Set("X-Nomad-Index", "7")
		io.WriteString(w, answers[r.URL.Path])
	}))
	t.Cleanup(server.Close)
	return server
}

// TestAPlainCanaryOfNomad has the same tags as the others. It is told apart all
// the same, a webhook hears of it, and Nomad promotes it when a gate allows it.
func TestAPlainCanaryOfNomad(t *testing.T) {
	calls, asked, told := make(chan string, 100), make(chan string, 100), make(chan string, 100)
	gate := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- r.Header.Get("X-Weir-Signature")
	}))
	t.Cleanup(gate.Close)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var m struct {
			Events            []string
			Stable, Candidate string
		}
		json.NewDecoder(r.Body).Decode(&m)
		told <- fmt.Sprint(m.Events, m.Stable, "→", m.Candidate)
	}))
	t.Cleanup(hook.Close)
	s, err := embedded.Open(filepath.Join(t.TempDir(), "weir.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	a := configured(t, "-nomad.addr", nomadServer(t, calls).URL, "-nomad.token", "acl",
		"-notify.webhooks", hook.URL, "-notify.events", "detected", "-notify.secret", "s3cret")
	source, v1, v2 := inproc.New(), instanceOf(t, "v1"), instanceOf(t, "v2")
	v1.ID, v2.ID = "_nomad-task-"+oldAllocation+"-t-web-http", "_nomad-task-"+newAllocation+"-t-web-http"
	v1.Tags, v2.Tags = []string{"urlprefix-a.test/"}, []string{"urlprefix-a.test/"}
	source.Set([]route.Instance{v1})
	a.Source, a.Store = source, s
	run(t, a)
	if _, err := s.CompareAndSet(t.Context(), "v1/policies/web", fmt.Appendf(nil, gated, gate.URL), 0); err != nil {
		t.Fatal(err)
	}
	testenv.Eventually(t, 20*time.Second, func() error {
		e, err := s.Get(t.Context(), "v1/rollouts/service/web/state")
		if err == nil && !strings.Contains(string(e.Value), `"stable":{"key":"nomad-0"`) {
			err = fmt.Errorf("%s", e.Value)
		}
		return err
	})
	source.Set([]route.Instance{v1, v2})
	if got := receive(t, told); got != "[detected]nomad-0→nomad-1" {
		t.Errorf("told %s", got)
	}
	if got := receive(t, asked); !strings.HasPrefix(got, "v1=") {
		t.Errorf("the gate was asked with signature %q", got)
	}
	if got := receive(t, calls); got != `/v1/deployment/promote/d1 {"DeploymentID":"d1","Groups":["web"]} acl` {
		t.Errorf("Nomad was asked %s", got)
	}
}

func receive(t *testing.T, from <-chan string) string {
	t.Helper()
	return testenv.Next(t, 30*time.Second, "call", from)
}
