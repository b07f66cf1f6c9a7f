package testenv

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Path is a PATH that begins with these folders. On a machine without curl it
// has a stand-in, so that lines with curl in documents run everywhere.
func Path(t testing.TB, folders ...string) string {
	t.Helper()
	if _, err := exec.LookPath("curl"); err != nil {
		folders = append(folders, filepath.Dir(buildCurl(t)))
	}
	return strings.Join(append(folders, os.Getenv("PATH")), string(os.PathListSeparator))
}

// buildCurl builds the stand-in and returns its path.
func buildCurl(t testing.TB) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "curl")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "weir/internal/testenv/curl").CombinedOutput(); err != nil {
		t.Fatalf("build curl: %v\n%s", err, out)
	}
	return binary
}
