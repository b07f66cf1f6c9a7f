package route_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"weir/route"
)

var update = flag.Bool("update", false, "rewrite the wanted parts of testdata")

// TestBuild reads testdata/build. The name of a file says what it shows.
func TestBuild(t *testing.T) {
	golden(t, "testdata/build/*.txtar", func(in route.Input, want *txtar.File) string {
		table, problems := route.Build(in)
		switch want.Name {
		case "table":
			return table.String()
		case "problems":
			return problemText(problems)
		case "variants":
			return variantText(table)
		case "commands-out":
			return table.Commands()
		case "registrations":
			return strings.Join(table.Registrations(), "\n") + "\n"
		case "rounds":
			return roundText(table)
		}
		return string(want.Data)
	})
}

// TestLookup reads testdata/lookup: what is asked, and the key of the answer.
func TestLookup(t *testing.T) {
	golden(t, "testdata/lookup/*.txtar", func(in route.Input, want *txtar.File) string {
		if want.Name != "lookups" {
			return string(want.Data)
		}
		table, problems := route.Build(in)
		var b strings.Builder
		for line := range strings.Lines(string(want.Data)) {
			question, _, _ := strings.Cut(strings.TrimSpace(line), " = ")
			fmt.Fprintf(&b, "%s = %s\n", question, lookUp(table, question))
		}
		return b.String() + problemText(problems)
	})
}

// lookUp answers "asked METHOD HOST PATH FIELD=VALUE…", "http HOST PATH", "https HOST PATH", "next HOST PATH" (the
// route behind the first, plain), "sni NAME" and "port :PORT".
func lookUp(table *route.Table, question string) string {
	words := append(strings.Split(question, " "), "", "")
	if words[0] == "asked" {
		return askedFor(table, words[1:])
	}
	host, path := words[1], words[2]
	if words[0] != "sni" && words[0] != "port" {
		host = route.NormalHost(host, words[0] == "https")
		normal, err := route.NormalPath(path)
		if err != nil {
			return "error: " + err.Error()
		}
		path = normal
	}
	var r *route.Route
	switch words[0] {
	case "http":
		r = table.HTTP(host, path, false)
	case "https":
		r = table.HTTP(host, path, true)
	case "next":
		r = table.Next(table.HTTP(host, path, false), host, path, false, nil)
	case "sni":
		r = table.SNI(host)
	case "port":
		r = table.Port(host)
	}
	return keyOf(r)
}

func keyOf(r *route.Route) string {
	if r == nil {
		return "none"
	}
	return r.Key()
}

// golden compares each file's sections with what run makes of them, and with
// -update writes that back.
func golden(t *testing.T, pattern string, run func(route.Input, *txtar.File) string) {
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
			in := readInput(t, a)
			for i := range a.Files {
				f := &a.Files[i]
				got := run(in, f)
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

func readInput(t *testing.T, a *txtar.Archive) (in route.Input) {
	for _, f := range a.Files {
		data := string(f.Data)
		switch {
		case f.Name == "instances":
			in.Instances = readInstances(t, data)
		case f.Name == "intents":
			in.Intents = readIntents(t, data)
		case f.Name == "options":
			in.Options = readOptions(t, data)
		case f.Name == "commands-out":
		case strings.HasPrefix(f.Name, "commands"):
			in.Commands = append(in.Commands, route.Commands{Source: f.Name, Text: data})
		}
	}
	return in
}

func problemText(problems []route.Problem) string {
	var b strings.Builder
	for _, p := range problems {
		fmt.Fprintf(&b, "%s %s/%s %q: %s\n", p.Source, p.Service, p.Instance, p.Text, p.Reason)
	}
	return b.String()
}

func variantText(table *route.Table) string {
	var b strings.Builder
	for _, r := range table.Routes() {
		for _, v := range r.Variants() {
			fmt.Fprintf(&b, "%s %s asked %v gets %.4g%% of %d targets: %s\n", r.Key(), v.Name, v.Asked, v.Share*100, len(v.Targets), v.Why)
		}
	}
	return b.String()
}

// roundText shows the first picks of each route as round robin makes them.
func roundText(table *route.Table) string {
	var b strings.Builder
	for _, r := range table.Routes() {
		b.WriteString(r.Key())
		for seq := range uint64(20) {
			b.WriteString(" " + r.Pick(route.Draw{Seq: seq}).Addr())
		}
		b.WriteString("\n")
	}
	return b.String()
}
