//go:build browser

package browser

import "testing"

// shop is a service of two versions with traffic, a quarter of it to v2.
func shop(t *testing.T, name string) *world {
	t.Helper()
	w := start(t)
	w.run(name, "v1", "weight=75%")
	w.run(name, "v2", "weight=25%")
	w.routes(1, 2)
	w.traffic(name, 100)
	return w
}

// TestAWeightIsChanged and the observed share follows.
func TestAWeightIsChanged(t *testing.T) {
	w := shop(t, "shop")
	w.browse("weight", map[string]any{"service": "shop"}, nil)
}

// TestTwoPeopleChangeTheSameWeight: the second is shown what the first did.
func TestTwoPeopleChangeTheSameWeight(t *testing.T) {
	w := shop(t, "shop")
	w.browse("conflict", map[string]any{"service": "shop"}, nil)
}

// TestCutover gives a version everything, and takes it back.
func TestCutover(t *testing.T) {
	w := shop(t, "shop")
	w.browse("cutover", map[string]any{"service": "shop"}, nil)
}
