package config_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/pflag"
	"golang.org/x/tools/txtar"

	"weir/config"
)

// load does what the server does with its command line.
func load(t *testing.T, args, environ []string) (*config.Config, []config.Problem, error) {
	t.Helper()
	fs := pflag.NewFlagSet("weir", pflag.ContinueOnError)
	config.AddFlags(fs)
	if err := fs.Parse(config.NormalizeArgs(args)); err != nil {
		t.Fatal(err)
	}
	return config.Load(t.Context(), config.Sources{Flags: fs, Environ: environ})
}

// TestLoad runs testdata/load: each file is arguments (one a line, $DIR is the
// folder of the case's files), environment and files, and what comes of them.
// The section values names fields of the Config and their JSON.
func TestLoad(t *testing.T) {
	files, err := filepath.Glob("testdata/load/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := runCase(t, a)
			golden(t, file, txtar.Format(got))
			if t.Failed() {
				t.Logf("got:\n%s", txtar.Format(got))
			}
		})
	}
}

// runCase returns the case with what was really found.
func runCase(t *testing.T, a *txtar.Archive) *txtar.Archive {
	dir := t.TempDir()
	got := &txtar.Archive{Comment: a.Comment}
	sections := map[string][]string{}
	for _, f := range a.Files {
		switch f.Name {
		case "warnings", "errors":
			continue
		case "args", "env", "values":
			sections[f.Name] = lines(strings.ReplaceAll(string(f.Data), "$DIR", dir))
		default:
			write(t, filepath.Join(dir, f.Name), f.Data)
		}
		if f.Name != "values" {
			got.Files = append(got.Files, f)
		}
	}
	c, warnings, err := load(t, sections["args"], sections["env"])
	add := func(name string, text []string) {
		if len(text) > 0 {
			data := strings.ReplaceAll(strings.Join(text, "\n")+"\n", dir, "$DIR")
			got.Files = append(got.Files, txtar.File{Name: name, Data: []byte(data)})
		}
	}
	if err == nil {
		add("values", values(t, c, sections["values"]))
	}
	add("warnings", problems(warnings))
	var bad *config.Error
	if errors.As(err, &bad) {
		add("errors", problems(bad.Problems))
	} else if err != nil {
		t.Errorf("%T is not a *config.Error", err)
	}
	return got
}

func problems(ps []config.Problem) []string {
	var text []string
	for _, p := range ps {
		text = append(text, p.String())
	}
	return text
}

func lines(s string) []string {
	return strings.Split(strings.TrimSuffix(s, "\n"), "\n")
}

func write(t *testing.T, file string, data []byte) {
	t.Helper()
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// values returns "Path = JSON" for each path, which may carry a value already.
func values(t *testing.T, c *config.Config, paths []string) []string {
	t.Helper()
	data, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var text []string
	for _, path := range paths {
		path, _, _ = strings.Cut(path, " = ")
		var v any
		if err := json.Unmarshal(data, &v); err != nil {
			t.Fatal(err)
		}
		for name := range strings.SplitSeq(path, ".") {
			v = member(v, name)
		}
		out, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, path+" = "+string(out))
	}
	return text
}

func member(v any, name string) any {
	switch v := v.(type) {
	case map[string]any:
		if value, ok := v[name]; ok {
			return value
		}
	case []any:
		if i, err := strconv.Atoi(name); err == nil && i < len(v) {
			return v[i]
		}
	}
	return "no such field: " + name
}

func show(t *testing.T, c *config.Config) string {
	t.Helper()
	data, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
