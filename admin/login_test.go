package admin

import (
	"cmp"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"weir/admin/auth"
)

// login makes an authentication with tokens wt_viewer, wt_operator, wt_admin,
// and wt_web and wt_web-admin of who may change only the service web; c may add
// to it. The people of more are in the rules besides.
func login(t testing.TB, c auth.Config, more ...string) *auth.Auth {
	t.Helper()
	rules := "tokens:\n"
	for _, token := range []struct{ name, grant string }{
		{"viewer", "role: viewer"}, {"operator", "role: operator"}, {"admin", "role: admin"},
		{"web", "role: operator, services: [web]"}, {"web-admin", "role: admin, services: [web, app]"},
	} {
		rules += fmt.Sprintf("  - {name: %s, sha256: %s, %s}\n", token.name, auth.Hash("wt_"+token.name), token.grant)
	}
	c.File = filepath.Join(t.TempDir(), "rules.yaml")
	if err := os.WriteFile(c.File, []byte(rules+strings.Join(more, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	c.Session, c.Log = cmp.Or(c.Session, time.Hour), slog.New(slog.DiscardHandler)
	a, err := auth.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return a
}
