package custom

import (
	"encoding/json"
	"flag"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"os"
)

var update = flag.Bool("update", false, "rewrite what the cases want")

// TestDecode reads each answer of testdata/decode and compares the commands,
// the problems and the error.
func TestDecode(t *testing.T) {
	files, err := filepath.Glob("testdata/decode/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := &txtar.Archive{Comment: a.Comment, Files: append(a.Files[:1:1], outcome(string(a.Files[0].Data))...)}
			if want := string(txtar.Format(a)); string(txtar.Format(got)) != want {
				if *update {
					if err := os.WriteFile(file, txtar.Format(got), 0o644); err != nil {
						t.Fatal(err)
					}
					return
				}
				t.Errorf("got\n%s\nwant\n%s", txtar.Format(got), want)
			}
		})
	}
}

func outcome(answer string) (files []txtar.File) {
	l, err := decode(strings.NewReader(answer), "custom x")
	if err != nil {
		return []txtar.File{{Name: "error", Data: []byte(err.Error() + "\n")}}
	}
	files = []txtar.File{{Name: "commands", Data: []byte(l.text)}}
	var b strings.Builder
	for _, p := range l.problems {
		fmt.Fprintf(&b, "%s service %q text %s: %s\n", p.Source, p.Service, p.Text, p.Reason)
	}
	if b.Len() > 0 {
		files = append(files, txtar.File{Name: "problems", Data: []byte(b.String())})
	}
	return files
}

// FuzzDecode: what is a list of JSON for encoding/json as a whole is one here,
// and each entry makes one line, which is empty or a command, or a problem.
func FuzzDecode(f *testing.F) {
	f.Add(`[{"cmd":"route add","service":"a","src":"a/","dst":"http://b/","weight":0.5,"tags":["x"],"opts":{"k":"v"}},7]`)
	f.Add(`null`)
	f.Add(`[] x`)
	f.Add(`[{"service":"a\nroute del b"}]`)
	f.Fuzz(func(t *testing.T, answer string) {
		l, err := decode(strings.NewReader(answer), "custom x")
		var whole []json.RawMessage
		if want := json.Unmarshal([]byte(answer), &whole); (err == nil) != (want == nil) {
			t.Fatalf("error %v, encoding/json says %v", err, want)
		}
		if err != nil {
			return
		}
		empty := 0
		for line := range strings.Lines(l.text) {
			if line == "\n" {
				empty++
			} else if !strings.HasPrefix(line, "route ") {
				t.Errorf("line %q is no command", line)
			}
		}
		if n := strings.Count(l.text, "\n"); n != len(whole) || empty != len(l.problems) {
			t.Errorf("%d entries made %d lines, of which %d are empty, and %d problems", len(whole), n, empty, len(l.problems))
		}
	})
}
