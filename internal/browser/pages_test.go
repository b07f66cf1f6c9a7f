//go:build browser

package browser

import "testing"

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

// TestKeysAlone are enough for a weight and for a rollout.
func TestKeysAlone(t *testing.T) {
	w := start(t)
	w.run("web", "v1")
	w.policy("web")
	w.run("web", "v2")
	w.run("shop", "v1", "weight=75%")
	w.run("shop", "v2", "weight=25%")
	w.browse("keyboard", map[string]any{"service": "shop"}, nil)
}

// TestOverrides are checked, and count at once.
func TestOverrides(t *testing.T) {
	w := start(t)
	w.browse("overrides", nil, nil)
}

// TestPolicies are written with their plan beside them, by two people, and removed;
// one of a file is only shown.
func TestPolicies(t *testing.T) {
	file := written(t, "filed.yaml", "service: filed\n")
	w := start(t, "-rollout.policies", file)
	w.run("web", "v1")
	w.routes(1, 1)
	w.browse("policies", map[string]any{"file": file}, nil)
}
