//go:build browser

package browser

import (
	"os"
	"path/filepath"
	"testing"

	"weir/internal/testenv"
)

// busy is a world in which every page has something to show.
func busy(t *testing.T) *world {
	t.Helper()
	w := start(t)
	w.fill()
	return w
}

// fill registers services of all kinds, with traffic.
func (w *world) fill() {
	w.t.Helper()
	w.run("web", "v1")
	w.run("shop", "blue", "weight=80%")
	w.run("shop", "green", "weight=20%")
	w.run("api", "1.4.2", "weight=200000%") // a problem
	w.policy("web")
	w.run("web", "v2")
	w.traffic("web", 60)
	w.traffic("shop", 40)
}

// TestEveryPage in both languages, light and dark, narrow and wide: there is
// nothing that axe finds, and no page is wider than its window.
func TestEveryPage(t *testing.T) {
	w := busy(t)
	w.browse("pages", nil, nil)
}

// TestHostileTags are shown as the text that they are.
func TestHostileTags(t *testing.T) {
	w := start(t)
	const hostile = `<script>document.title="owned"</script>"'><img src=x onerror=alert(1)>`
	b := testenv.HTTPBackend(t, "v1")
	w.consul.Register(testenv.Service{Name: "shop", ID: w.consul.Name("shop"), Address: b.Host, Port: b.Port,
		Tags: []string{w.prefix + "shop.test/", "version=" + hostile, hostile}})
	w.routes(1, 1)
	w.browse("hostile", map[string]any{"hostile": hostile}, nil)
}

// firstLoad is the most that may come until the overview is there, in bytes.
const firstLoad = 150 << 10

// TestTheFirstLoadIsSmall in bytes on the wire.
func TestTheFirstLoadIsSmall(t *testing.T) {
	w := busy(t)
	w.browse("load", map[string]any{"most": firstLoad}, nil)
}

// TestLanguageAndTheme are kept by the browser.
func TestLanguageAndTheme(t *testing.T) {
	w := start(t)
	w.browse("language", nil, nil)
}

// TestOverrides are checked, and count at once.
func TestOverrides(t *testing.T) {
	w := start(t)
	w.browse("overrides", nil, nil)
}

// TestPolicies are written with their plan beside them, by two people, and removed;
// one of a file is only shown.
func TestPolicies(t *testing.T) {
	file := filepath.Join(t.TempDir(), "filed.yaml")
	if err := os.WriteFile(file, []byte("service: filed\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w := start(t, "-rollout.policies", file)
	w.run("web", "v1")
	w.routes(1, 1)
	w.browse("policies", map[string]any{"file": file}, nil)
}
