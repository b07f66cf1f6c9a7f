package admin

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// document is what the tests read of the OpenAPI document.
type document struct {
	OpenAPI string
	Paths   map[string]map[string]struct{ OperationID string }
}

func TestOpenAPIIsSelfContained(t *testing.T) {
	h := serve(t, twoVersions)
	r := h.ask(t, http.MethodGet, "/api/v1/openapi.json", "")
	if r.status != 200 || r.header.Get("Content-Type") != "application/openapi+json" {
		t.Fatal(r.status, r.header)
	}
	if urls := regexp.MustCompile(`https?://[^"]+`).FindAllString(r.body, -1); len(urls) > 0 {
		for _, url := range urls {
			if !strings.HasPrefix(url, "https://example.com/") && !strings.HasPrefix(url, "http://10.0.0.1") {
				t.Error("the document refers to", url)
			}
		}
	}
	for _, ref := range regexp.MustCompile(`"\$ref": "#/components/schemas/([^"]+)"`).FindAllStringSubmatch(r.body, -1) {
		if !strings.Contains(r.body, `"`+ref[1]+`": {`) {
			t.Error("no schema", ref[1])
		}
	}
}

// TestEveryOperationIsTried looks for each operation of the document in
// testdata/requests, with an answer that is good, but for the schema of policies
// and the stream of events, which have tests of their own.
func TestEveryOperationIsTried(t *testing.T) {
	h := serve(t, twoVersions)
	var doc document
	if err := json.Unmarshal([]byte(h.ask(t, http.MethodGet, "/api/v1/openapi.json", "").body), &doc); err != nil {
		t.Fatal(err)
	}
	tried := append(triedWell(t), "GET /api/v1/policies/schema", "GET /api/v1/events")
	operations := 0
	for path, methods := range doc.Paths {
		pattern := regexp.MustCompile("^" + strings.NewReplacer("{kind}", ".+", "{name}", ".+").Replace(path) + "$")
		for method, operation := range methods {
			operations++
			found := false
			for _, request := range tried {
				m, p, _ := strings.Cut(request, " ")
				p, _, _ = strings.Cut(p, "?")
				found = found || strings.EqualFold(m, method) && pattern.MatchString(p)
			}
			if !found || operation.OperationID == "" {
				t.Errorf("%s %s (%s) is in no file of testdata/requests", method, path, operation.OperationID)
			}
		}
	}
	if operations < 30 {
		t.Errorf("only %d operations", operations)
	}
}

// triedWell lists the requests in testdata/requests whose answer is good.
func triedWell(t *testing.T) (requests []string) {
	files, err := filepath.Glob("testdata/requests/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all := txtar.Parse(b).Files
		for i := range all {
			if all[i].Name == "answer" && strings.HasPrefix(string(all[i].Data), "20") {
				requests = append(requests, all[i-1].Name)
			}
		}
	}
	return requests
}
