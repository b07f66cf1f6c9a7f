package detect_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"weir/rollout/detect"
)

var update = flag.Bool("update", false, "rewrite the wanted parts of testdata")

// TestRead reads testdata/tags and testdata/nomad, which are answers of a real
// Nomad and Consul. The name of a file says what it shows.
func TestRead(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files (%v)", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			c := readCase(t, a)
			seen := c.reader.Read(c.instances, c.known)
			for i := range a.Files {
				f := &a.Files[i]
				got := string(f.Data)
				switch f.Name {
				case "groups":
					got = groupText(seen)
				case "variants":
					got = variantText(seen.Variants(c.known.Stable, c.known.Candidate))
				}
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

func groupText(seen detect.Seen) string {
	var b strings.Builder
	for _, g := range seen {
		fmt.Fprintf(&b, "%q: %d of %d up, %d on the route", g.Key, g.Up, g.All, g.OnRoute)
		if g.Marked > 0 {
			fmt.Fprintf(&b, ", %d marked", g.Marked)
		}
		if g.Canaries > 0 {
			fmt.Fprintf(&b, ", %d of %d canaries healthy", g.Healthy, g.Canaries)
		}
		if g.Variant != "" {
			fmt.Fprintf(&b, ", variant %s", g.Variant)
		}
		if g.Made {
			b.WriteString(", made up")
		}
		if g.Nomad != nil {
			fmt.Fprintf(&b, ", job version %d", g.Nomad.JobVersion)
		}
		fmt.Fprintf(&b, ", remember %d\n", len(g.Remember))
	}
	return b.String()
}

func variantText(variants map[string]string) string {
	var b strings.Builder
	for _, ref := range slices.Sorted(maps.Keys(variants)) {
		fmt.Fprintf(&b, "%s %s\n", ref, variants[ref])
	}
	return b.String()
}
