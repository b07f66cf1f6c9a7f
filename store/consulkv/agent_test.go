package consulkv_test

import (
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weir/store/consulkv"
)

// TestTheAgentIsAskedAsConfigured talks to a server that shows what it was
// asked: an agent of a test has no ACLs and no TLS.
func TestTheAgentIsAskedAsConfigured(t *testing.T) {
	var token, query string
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, query = r.Header.Get("X-Consul-Token"), r.URL.RawQuery
		w.Header().Set("X-Consul-KnownLeader", "true")
		w.Header().Set("X-Consul-Index", "7")
		w.Header().Set("X-Consul-LastContact", "0")
		io.WriteString(w, `[{"Key":"weir/a","Value":"MQ==","ModifyIndex":7}]`)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(ca, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		agent consulkv.Agent
		query string
	}{
		{"plain", consulkv.Agent{}, ""},
		{"consistent", consulkv.Agent{RequireConsistent: true}, "consistent="},
		{"stale", consulkv.Agent{AllowStale: true}, "stale="},
		{"both", consulkv.Agent{AllowStale: true, RequireConsistent: true}, "consistent="},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.agent.Address, c.agent.Token, c.agent.TLS.CAFile = server.URL, "secret", ca
			s, err := consulkv.Open(c.agent, "weir")
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			e, err := s.Get(t.Context(), "a")
			if err != nil || string(e.Value) != "1" || token != "secret" || query != c.query {
				t.Errorf("got %+v (%v) with token %q and query %q, want query %q", e, err, token, query, c.query)
			}
		})
	}
	s, err := consulkv.Open(consulkv.Agent{Address: server.URL}, "weir")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Get(t.Context(), "a"); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("error %v, want one about the certificate that nobody vouches for", err)
	}
	missing := consulkv.Agent{TLS: consulkv.TLS{CAFile: ca + ".missing"}}
	if _, err := consulkv.Open(missing, "weir"); err == nil || !strings.Contains(err.Error(), ca) {
		t.Errorf("error %v, want one that names the file", err)
	}
}
