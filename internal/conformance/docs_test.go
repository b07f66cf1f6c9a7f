package conformance

import (
	"os"
	"strings"
	"testing"

	"weir/config"
)

// TestDifferencesAreDocumented: the table in docs/MIGRATING.md has the note of
// every difference in a row of its own that is marked, and no other such row.
func TestDifferencesAreDocumented(t *testing.T) {
	_, list, _ := strings.Cut(migrating(t), "\n## Different on purpose\n")
	list, _, _ = strings.Cut(list, "\n## ")
	documented := map[string]bool{}
	for line := range strings.Lines(list) {
		if row, ok := strings.CutSuffix(strings.TrimSpace(line), " | ✓ |"); ok {
			_, note, _ := strings.Cut(strings.TrimPrefix(row, "| "), " | ")
			documented[note] = false
		}
	}
	for _, c := range readCases[testCase](t, "testdata/fabio/differs.json") {
		if _, ok := documented[c.Note]; !ok {
			t.Errorf("docs/MIGRATING.md lacks the note of %s: %s", c.Name, c.Note)
		}
		documented[c.Note] = true
	}
	for note, proven := range documented {
		if !proven {
			t.Errorf("no case shows what docs/MIGRATING.md says: %s", note)
		}
	}
}

// TestMissingKeysAreDocumented: docs/MIGRATING.md names each key of fabio that
// is not built yet, or a group that it is in.
func TestMissingKeysAreDocumented(t *testing.T) {
	_, list, _ := strings.Cut(migrating(t), "\n## Not built yet\n")
	for _, key := range config.Keys() {
		if key.Status == config.Missing && !names(list, key.Name) {
			t.Errorf("docs/MIGRATING.md does not name %s", key.Name)
		}
	}
}

// names looks for `a.b.c`, `a.b.*` or `a.*`.
func names(list, key string) bool {
	for part := key; ; {
		if strings.Contains(list, "`"+part+"`") {
			return true
		}
		i := strings.LastIndexByte(strings.TrimSuffix(part, ".*"), '.')
		if i < 0 {
			return false
		}
		part = part[:i] + ".*"
	}
}

func migrating(t *testing.T) string {
	text, err := os.ReadFile("../../docs/MIGRATING.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
