package admin

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite the answers in testdata/requests")

// innermost finds the JSON objects and lists that hold no others.
var innermost = regexp.MustCompile(`[{\[][^{}\[\]]*[}\]]`)

// TestRequests sends the requests of each file in testdata/requests over a
// socket, in order, and compares the answers. A file's comment ends with lines
// "path: …", "access: ro" or "registry: none" that change the server. Lines of
// a request that begin with "> " are header fields.
func TestRequests(t *testing.T) {
	files, err := filepath.Glob("testdata/requests/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(err, "no files")
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			script := txtar.Parse(b)
			h := serve(t, twoVersions, func(a *Admin) { configure(a, string(script.Comment)) })
			answers := replay(t, h, script)
			if *update {
				if err := os.WriteFile(file, txtar.Format(answers), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			for i, want := range script.Files {
				if got := answers.Files[i].Data; !bytes.Equal(got, want.Data) {
					t.Errorf("%s, got:\n%swant:\n%s", script.Files[i-1].Name, got, want.Data)
				}
			}
		})
	}
}

func configure(a *Admin, comment string) {
	for line := range strings.Lines(comment) {
		switch key, value, _ := strings.Cut(strings.TrimSpace(line), ": "); key {
		case "path":
			a.Path = value
		case "access":
			a.ReadOnly = value == "ro"
		case "registry":
			a.Overrides = nil
		}
	}
}

// replay sends the requests and puts the answers in their places.
func replay(t *testing.T, h *harness, script *txtar.Archive) *txtar.Archive {
	answers := &txtar.Archive{Comment: script.Comment}
	for _, f := range script.Files {
		if f.Name == "answer" {
			continue
		}
		method, path, ok := strings.Cut(f.Name, " ")
		if !ok {
			t.Fatalf("%q is not METHOD PATH", f.Name)
		}
		var headers []string
		body := string(f.Data)
		for strings.HasPrefix(body, "> ") {
			line, rest, _ := strings.Cut(body, "\n")
			headers, body = append(headers, line[2:]), rest
		}
		r := h.ask(t, method, path, strings.TrimSuffix(body, "\n"), headers...)
		answers.Files = append(answers.Files, f, txtar.File{Name: "answer", Data: []byte(describe(r))})
	}
	return answers
}

// describe prints an answer, with what changes from run to run blotted out.
func describe(r reply) string {
	head := fmt.Sprint(r.status, " ", r.header.Get("Content-Type"))
	for _, name := range []string{"Location", "Allow"} {
		if v := r.header.Get(name); v != "" {
			head += fmt.Sprintf("\n%s: %s", name, v)
		}
	}
	var indented bytes.Buffer
	body := r.body
	if json.Indent(&indented, []byte(body), "", " ") == nil {
		body = innermost.ReplaceAllStringFunc(indented.String(), func(s string) string {
			return strings.Join(strings.Fields(s), " ")
		})
	}
	body = regexp.MustCompile(`"\d{4}-\d\d-\d\dT[^"]*"`).ReplaceAllString(body, `"TIME"`)
	body = regexp.MustCompile(`("(age|build|stale)_seconds":) [0-9.e-]+`).ReplaceAllString(body, "$1 0")
	return head + "\n" + strings.TrimSpace(body) + "\n"
}
