//go:build browser

package browser

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// TestAViewerMayOnlyLook: all that would change something is closed, and says why.
func TestAViewerMayOnlyLook(t *testing.T) {
	const token = "wt_a_viewer"
	file := filepath.Join(t.TempDir(), "auth.yaml")
	text := fmt.Sprintf("tokens:\n- {name: kiosk, sha256: %x, role: viewer}\n", sha256.Sum256([]byte(token)))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	w := start(t, "-ui.auth.file", file)
	w.run("shop", "v1", "weight=75%")
	w.run("shop", "v2", "weight=25%")
	w.browse("viewer", map[string]any{"service": "shop", "token": token}, nil)
}
