package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// write writes a file below the folder of the configuration.
func (w *world) write(t *testing.T, name string, text []byte) {
	t.Helper()
	path := filepath.Join(w.home, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bytes.ReplaceAll(text, []byte("URL"), []byte(w.url)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// configText is the file of contexts with its mode, and what else is in its folder.
func (w *world) configText(t *testing.T) string {
	t.Helper()
	name := filepath.Join(w.home, "weir", "config.yaml")
	text, err := os.ReadFile(name)
	if err != nil {
		return err.Error()
	}
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(filepath.Dir(name))
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s, %d file\n%s", info.Mode(), len(files), strings.NewReplacer(w.url, "URL", w.home, "HOME").Replace(string(text)))
}
