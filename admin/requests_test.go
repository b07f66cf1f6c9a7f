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
	"time"

	"golang.org/x/tools/txtar"

	"weir/admin/auth"
	"weir/internal/testenv"
	"weir/route"
)

var update = flag.Bool("update", false, "rewrite the answers in testdata/requests")

// innermost finds the JSON objects and lists that hold no others.
var innermost = regexp.MustCompile(`[{\[][^{}\[\]]*[}\]]`)

// TestRequests sends the requests of each file in testdata/requests over a
// socket, in order, and compares the answers. A file's comment ends with lines
// "path: …", "access: ro", "registry: none" or "auth: on" that change the server. Lines of
// a request that begin with "> " are header fields. Between requests, "instances"
// replaces those that run, a line "SERVICE VERSION NUMBER" each, "await SCOPE
// PHASE" waits for a rollout, and "store away" and "store back" say what they do to
// that of the rollouts.
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
			h := serve(t, twoVersions, func(a *Admin) { configure(t, a, string(script.Comment)) })
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

func configure(t testing.TB, a *Admin, comment string) {
	for line := range strings.Lines(comment) {
		switch key, value, _ := strings.Cut(strings.TrimSpace(line), ": "); key {
		case "path":
			a.Path = value
		case "access":
			a.ReadOnly = value == "ro"
		case "registry":
			a.Overrides = nil
		case "auth":
			a.Auth = login(t, auth.Config{})
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
		if h.play(t, f) {
			answers.Files = append(answers.Files, f)
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

// play does what is no request, and reports whether it was that.
func (h *harness) play(t *testing.T, f txtar.File) bool {
	switch words := strings.Fields(f.Name); words[0] {
	case "instances":
		h.source.Set(instances(t, string(f.Data)))
		want := len(strings.Fields(string(f.Data))) > 0
		testenv.Eventually(t, 10*time.Second, func() error {
			if all, _ := h.publisher.Instances(); want != (len(all) > 0) {
				return fmt.Errorf("the publisher knows %v", all)
			}
			return nil
		})
	case "store":
		h.turn(t, words[1] == "away")
	case "await":
		h.await(t, words[1], words[2])
	default:
		return false
	}
	return true
}

// await waits for the rollout of a scope to be in a phase, and for the table to
// follow it.
func (h *harness) await(t testing.TB, scope, phase string) {
	t.Helper()
	s, err := route.ParseScope(scope)
	if err != nil {
		t.Fatal(err)
	}
	testenv.Eventually(t, 30*time.Second, func() error {
		r, _ := h.rollouts.Get(s)
		if string(r.Phase) != phase || r.Generation == 0 || r.Applied != r.Generation || r.Live.Acks["edge-1"] != r.Generation {
			return fmt.Errorf("%s is %q at generation %d of %d: %+v", s, r.Phase, r.Applied, r.Generation, r.Holds)
		}
		return nil
	})
}

// turn takes the store of the rollouts away, or brings it back, and waits until
// that is known.
func (h *harness) turn(t testing.TB, away bool) {
	if h.store.Mend(); away {
		h.store.Cut()
	}
	testenv.Eventually(t, 10*time.Second, func() error {
		for _, r := range h.rollouts.List() {
			if (r.Stale != "") != away {
				return fmt.Errorf("%s: stale %q", r.Scope, r.Stale)
			}
		}
		return nil
	})
}

// instances reads lines such as "app v1 3". Every service has a host of its own.
func instances(t testing.TB, text string) (list []route.Instance) {
	for line := range strings.Lines(text) {
		var service, version string
		var n int
		if _, err := fmt.Sscan(line, &service, &version, &n); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		for i := range n {
			list = append(list, route.Instance{
				Service: service, ID: fmt.Sprintf("%s-%s-%d", service, version, i), Node: "n1", Up: true,
				Address: fmt.Sprintf("10.0.1.%d", len(list)+1), Port: 80, Tags: []string{"urlprefix-" + service + ".test/", "version=" + version},
			})
		}
	}
	return list
}

// describe prints an answer, with what changes from run to run blotted out.
func describe(r reply) string {
	head := fmt.Sprint(r.status, " ", r.header.Get("Content-Type"))
	for _, name := range []string{"Location", "Allow", "Www-Authenticate"} {
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
	for _, blot := range [][2]string{
		{`"\d{4}-\d\d-\d\dT[^"]*"`, `"TIME"`},
		{`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC`, `TIME`},
		{`"[A-Z2-7]{26}"`, `"ID"`},
		{`("generation": )\d+(,\s+"published")`, "${1}N$2"}, // of a table
		{`(?s)"recent": \[.*?\n\s+\]`, `"recent": ROUNDS`},  // of evidence
		{`("client": )"127[^"]*"`, `$1"CLIENT"`},
		{`("csrf": )"[^"]*"`, `$1"CSRF"`},
		{`("(age|build|stale|step|total|left|took)_seconds":) [0-9.e-]+`, "$1 0"},
		{`("(scope|strategy)": "[^"]*",\s+"index":) [1-9][0-9]*`, "$1 INDEX"}, // of a policy
		{`(intent of rollout: revision \d+), \w+`, "$1, PHASE"},
	} {
		body = regexp.MustCompile(blot[0]).ReplaceAllString(body, blot[1])
	}
	return head + "\n" + strings.TrimSpace(body) + "\n"
}
