package testenv

import (
	"os"
	"path/filepath"
	"testing"
)

// DemoPorts waits until no other test of this machine has the fixed ports that
// weir demo listens on, and keeps them for this one until it ends.
func DemoPorts(t testing.TB) {
	t.Helper()
	unlock, err := lockFile(filepath.Join(os.TempDir(), "weir-demo-ports.lock"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(unlock)
}
