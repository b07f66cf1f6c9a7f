package simulate

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite docs/analysis.md and its plot")

// TestDocument plays all rollouts of docs/analysis.md, checks what weir promises
// and that the document and its plot are as committed.
//
// The race detector makes this ten times slower and finds nothing that the other
// tests do not, so there the test runs itself without it.
func TestDocument(t *testing.T) {
	if testing.Short() {
		t.Skip("half a minute on two CPUs")
	}
	if underRace() {
		again := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-run=^TestDocument$", ".", fmt.Sprintf("-update=%v", *update))
		again.Env = append(os.Environ(), "GOGC=400")
		if out, err := again.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	results, err := Simulate(t.Context(), Suite(), Options{Runs: DocumentRuns, Seed: DocumentSeed})
	if err != nil {
		t.Fatal(err)
	}
	promises(t, results)
	file := filepath.Join("..", "..", "docs", "analysis.md")
	committed, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	document, err := Document(string(committed), results)
	if err != nil {
		t.Fatal(err)
	}
	var plot bytes.Buffer
	if err := Plot(&plot, results); err != nil {
		t.Fatal(err)
	}
	compare(t, file, document)
	compare(t, filepath.Join(filepath.Dir(file), PlotName), plot.String())
}

// compare compares a file with what it is to be, or writes it.
func compare(t *testing.T, name, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got, err := os.ReadFile(name); err != nil || string(got) != want {
		t.Errorf("%s is not what the code says (%v): run weir rollout simulate --document docs/analysis.md and read the difference", name, err)
	}
}

// promises checks what weir's verdict must hold in every case.
func promises(t *testing.T, results []Result) {
	t.Helper()
	caught := false
	for i := range results {
		r := &results[i]
		weir := r.By(Weir)
		switch {
		case r.Kind == Healthy && r.Share(weir) > 0.01:
			t.Errorf("%s: %d of %d good candidates were aborted, want at most 1 %%", r.Name, weir.Aborted, r.Runs)
		case r.Kind == Marginal && r.Promoted(weir) > 0.05:
			t.Errorf("%s: %.1f %% of bad candidates were promoted, want at most 5 %%", r.Name, 100*r.Promoted(weir))
		case r.Kind == Broken && r.isSteady() && r.canaryRate() == 2 && r.Candidate.Risk == 10:
			caught = true
			if m := time.Duration(weir.Median); m == 0 || m > 2*time.Minute {
				t.Errorf("%s: half were caught in %v, want at most 2 minutes", r.Name, m)
			}
		}
	}
	if !caught {
		t.Error("the case of ten times the errors at two requests a second is missing")
	}
}

func underRace() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// TestDocumentNeedsItsPlace: a text without the markers is left alone.
func TestDocumentNeedsItsPlace(t *testing.T) {
	if _, err := Document("# A page\n", nil); err == nil {
		t.Error("no error")
	}
}
