//go:build browser

package browser

import (
	"flag"
	"path/filepath"
	"testing"

	"weir/internal/testenv"
)

var screenshots = flag.String("screenshots", "", "folder in which TestScreenshots writes what the documents show")

// TestScreenshots writes the pictures of the documents: make screenshots.
func TestScreenshots(t *testing.T) {
	if *screenshots == "" {
		t.Skip("writes only where -screenshots says")
	}
	folder, err := filepath.Abs(*screenshots)
	if err != nil {
		t.Fatal(err)
	}
	w := startWith(t, testenv.SharedConsul(t), "urlprefix-")
	w.fill()
	w.run("blog", "2026.11")
	w.run("search", "7.3.0")
	w.traffic("blog", 20)
	w.browse("screenshots", map[string]any{"folder": folder}, nil)
}
