package rollout_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"weir/rollout"
)

var update = flag.Bool("update", false, "rewrite the wanted parts of testdata")

// TestScenarios reads testdata: a policy, a script, and what comes of it. The
// name of a file says what it shows. After each the audit must give the state.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files (%v)", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(strings.TrimPrefix(name, "testdata/"), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			w := newWorld(t, string(a.Files[0].Data))
			got := play(w, string(a.Files[1].Data))
			if got != string(a.Files[1].Data) && !*update {
				t.Errorf("got\n%s\nwant\n%s", got, a.Files[1].Data)
			}
			if a.Files[1].Data = []byte(got); *update {
				if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			checkReplay(t, w.state, w.entries)
		})
	}
}

// play runs the lines of a script that begin with ">" and writes what follows
// from each below it.
func play(w *world, script string) string {
	for line := range strings.Lines(script) {
		if command, ok := strings.CutPrefix(line, "> "); ok {
			w.out.WriteString(line)
			w.line(strings.TrimSpace(command))
		}
	}
	return w.out.String()
}

// checkReplay puts the state together from the audit.
func checkReplay(t interface {
	Helper()
	Fatalf(string, ...any)
}, want rollout.State, entries []rollout.Entry) {
	t.Helper()
	text, err := json.Marshal(entries) // as they are kept
	if err != nil {
		t.Fatalf("%v", err)
	}
	var kept []rollout.Entry
	if err := json.Unmarshal(text, &kept); err != nil {
		t.Fatalf("%v", err)
	}
	got, err := rollout.Replay(kept)
	if err != nil {
		t.Fatalf("%v", err)
	}
	if len(entries) == 0 {
		return
	}
	got.Live, want.Live = rollout.Live{}, rollout.Live{} // it has moved since
	a, _ := json.Marshal(got)
	b, _ := json.Marshal(want)
	if string(a) != string(b) {
		t.Fatalf("the audit gives\n%s\nthe state is\n%s", a, b)
	}
}
