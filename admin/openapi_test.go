package admin

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

func TestOpenAPIIsSelfContained(t *testing.T) {
	h := serve(t, twoVersions)
	r := h.ask(t, http.MethodGet, "/api/v1/openapi.json", "")
	if r.status != 200 || r.header.Get("Content-Type") != "application/openapi+json" {
		t.Fatal(r.status, r.header)
	}
	if urls := regexp.MustCompile(`https?://[^"]+`).FindAllString(r.body, -1); len(urls) > 0 {
		for _, url := range urls {
			if !strings.HasPrefix(url, "https://example.com/") && !strings.HasPrefix(url, "http://10.0.") && !strings.HasPrefix(url, "https://json-schema.org/") {
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
	doc := readDocument(t, h)
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
			if !found || operation.ID == "" {
				t.Errorf("%s %s (%s) is in no file of testdata/requests", method, path, operation.ID)
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
