package app

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"weir/internal/testenv"
	"weir/registry/inproc"
	"weir/route"
)

// TestAPolicyFileCounts from the start on, and again when it changes.
func TestAPolicyFileCounts(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "web.yaml")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(oneStep)
	source := inproc.New()
	source.Set([]route.Instance{instanceOf(t, "v1")})
	a := configured(t, "-rollout.policies", dir)
	a.Source = source
	at := "http://" + run(t, a).Admin.String()
	shows := func(path string, want ...string) {
		t.Helper()
		testenv.Eventually(t, 20*time.Second, func() error {
			text, err := read(t, at+path)
			for _, w := range want {
				if err == nil && !strings.Contains(text, w) {
					err = fmt.Errorf("no %s in %s", w, text)
				}
			}
			return err
		})
	}
	shows("/api/v1/rollouts/service/web", `"key":"v1"`, `"phase":"healthy"`)
	shows("/api/v1/policies/web", `"file":"`+file+`"`, `"strategy":"canary"`)
	write("service: web\nstrategy: bluegreen")
	shows("/api/v1/policies/web", `"strategy":"bluegreen"`)
	write("strategy: blue")
	shows("/api/v1/policies/web", `"strategy":"bluegreen"`, `"stale":"the last good text counts: line 1: strategy`)
	if err := Check(a.Config); err == nil || !strings.HasPrefix(err.Error(), "policy file "+file+": line 1: strategy: \"blue\": want one of") {
		t.Errorf("check says %v", err)
	}
}

func read(t *testing.T, url string) (string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return string(text), err
}
