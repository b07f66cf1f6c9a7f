package docs

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestEveryOptionPageIsLinked from the table in docs/TAGS.md, and links lead to
// pages.
func TestEveryOptionPageIsLinked(t *testing.T) {
	tags, err := os.ReadFile(root + "/docs/TAGS.md")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := filepath.Glob(root + "/docs/options/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatal(pages, err)
	}
	there := map[string]bool{}
	for _, page := range pages {
		name := "options/" + filepath.Base(page)
		there[name] = true
		if !bytes.Contains(tags, []byte("("+name+")")) {
			t.Errorf("docs/TAGS.md does not link to %s", name)
		}
	}
	for link := range strings.SplitSeq(string(tags), "](options/") {
		name, _, ok := strings.Cut(link, ".md)")
		if ok && !strings.ContainsAny(name, " \n") && !there["options/"+name+".md"] {
			t.Errorf("docs/TAGS.md links to options/%s.md, which is not there", name)
		}
	}
}
