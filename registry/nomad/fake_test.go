package nomad_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"weir/internal/testenv"
)

// token is what the fake Nomad wants.
const token = "5a1d-token"

// fake is an HTTP server that answers as a Nomad 2.0.6 did: testdata holds its
// answers of /v1/services and /v1/service/NAME, recorded while a job was updated
// with canaries. Indices and what waits for them are the fake's own, after
// Nomad's source: both queries stand at the index of the table of services.
type fake struct {
	*httptest.Server
	*testenv.Blocking

	now   phase
	fails string   // what paths begin with that answer 500
	reads []string // URLs
}

// phase is what Nomad knows at one moment.
type phase struct {
	Services json.RawMessage `json:"services"` // of /v1/services
	Service  json.RawMessage `json:"service"`  // of the one service that is there
}

func startFake(t *testing.T, name string) *fake {
	t.Helper()
	f := &fake{Blocking: testenv.NewBlocking()}
	f.show(t, name)
	f.Server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(f.Close)
	return f
}

// show goes on to a phase of testdata.
func (f *fake) show(t *testing.T, name string) {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name + ".json")
	var p phase
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	if err != nil {
		t.Fatal(err)
	}
	f.Change(func() { f.now = p })
}

// failing lets all paths that begin with prefix answer 500; "" mends them.
func (f *fake) failing(prefix string) { f.Change(func() { f.fails = prefix }) }

func (f *fake) serve(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("X-Nomad-Token") != token {
		http.Error(w, "Permission denied", http.StatusForbidden)
		return
	}
	f.Wait(r)
	f.Lock()
	defer f.Unlock()
	f.reads = append(f.reads, r.URL.String())
	switch {
	case f.fails != "" && strings.HasPrefix(r.URL.Path, f.fails):
		http.Error(w, "No cluster leader", http.StatusInternalServerError)
	case r.URL.Path == "/v1/services":
		f.Answer(w, f.now.Services, true)
	default:
		f.Answer(w, f.now.Service, r.URL.Path == "/v1/service/httpsbackend-sni-1")
	}
}

// asked lists the URLs since the last call.
func (f *fake) asked() []string {
	f.Lock()
	defer f.Unlock()
	list := f.reads
	f.reads = nil
	return list
}
