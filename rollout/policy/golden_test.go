package policy_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"weir/rollout/policy"
)

var update = flag.Bool("update", false, "rewrite the wanted parts of testdata and docs/policy.schema.json")

// TestGood reads testdata/good: a policy, and what it comes to. The canonical
// form must mean the same.
func TestGood(t *testing.T) {
	golden(t, "testdata/good/*.txtar", func(t *testing.T, in string, want *txtar.File) string {
		p, err := policy.Parse([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.MarshalIndent(p, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		for _, form := range [][]byte{text, []byte(strings.ReplaceAll(string(text), "\n ", "\n\t"))} {
			if again, err := policy.Parse(form); err != nil || !reflect.DeepEqual(again, p) {
				t.Errorf("the canonical form means something else: %v\n%s", err, form)
			}
		}
		if want.Name == "plan" {
			return planText(p.Plan(100))
		}
		return string(text) + "\n"
	})
}

// TestBad reads testdata/bad: a policy, and all that is wrong with it.
func TestBad(t *testing.T) {
	golden(t, "testdata/bad/*.txtar", func(t *testing.T, in string, _ *txtar.File) string {
		_, err := policy.Parse([]byte(in))
		return fmt.Sprintln(err)
	})
}

func planText(p policy.Plan) string {
	var b strings.Builder
	for _, s := range p.Steps {
		fmt.Fprintf(&b, "%d %s: at %s, least %s, %d units at %g/s %s\n", s.Number, s.Does, s.Weight, s.Least, s.Units, s.Rate, s.Note)
	}
	fmt.Fprintf(&b, "earliest %s, waits for somebody: %t\n", p.Earliest, p.Waits)
	return b.String()
}

// golden gives the first part of each file to run and compares the others.
func golden(t *testing.T, pattern string, run func(*testing.T, string, *txtar.File) string) {
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no files match %s (%v)", pattern, err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for i := range a.Files[1:] {
				f := &a.Files[i+1]
				got := run(t, string(a.Files[0].Data), f)
				if got != string(f.Data) && !*update {
					t.Errorf("%s:\n%s\nwant:\n%s", f.Name, got, f.Data)
				}
				f.Data = []byte(got)
			}
			if *update {
				if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

const schemaFile = "../../docs/policy.schema.json"

// TestSchemaIsPublished keeps the published schema true.
func TestSchemaIsPublished(t *testing.T) {
	got, err := policy.Schema()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(schemaFile, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(schemaFile); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is not what Schema says (%v); run go test ./rollout/policy -update", schemaFile, err)
	}
	if bytes.Contains(got, []byte(`"description": ""`)) {
		t.Error("a key has no help")
	}
}

// TestDefaultsAreGood checks what a policy is that names only its strategy.
func TestDefaultsAreGood(t *testing.T) {
	for _, s := range []policy.Strategy{policy.Canary, policy.BlueGreen, policy.Observe, policy.None} {
		p, err := policy.Parse([]byte("strategy: " + string(s)))
		if want := policy.Default(s); err != nil || !reflect.DeepEqual(p, want) {
			t.Errorf("%s: %v\n%+v\nwant\n%+v", s, err, p, want)
		}
	}
}

// TestScope checks that a route is named as the table names it.
func TestScope(t *testing.T) {
	for text, want := range map[string]string{
		"route: App.example.com": "route/app.example.com/",
		"service: web":           "service/web",
		"strategy: canary":       "/",
	} {
		p, err := policy.Parse([]byte(text))
		if got := p.Scope().String(); err != nil || got != want {
			t.Errorf("%s: %s, %v, want %s", text, got, err, want)
		}
	}
}
