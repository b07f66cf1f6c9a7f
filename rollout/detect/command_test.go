package detect_test

import (
	"testing"

	"weir/rollout/detect"
)

// TestCommand: what a person copies into a shell.
func TestCommand(t *testing.T) {
	for want, c := range map[string]struct {
		namespace string
		args      []string
	}{
		"nomad job revert web 3":                         {"default", []string{"web", "3"}},
		"nomad job revert -namespace shop web/batch-1 3": {"shop", []string{"web/batch-1", "3"}},
		`nomad job revert 'a; rm -rf $HOME' 3`:           {"", []string{"a; rm -rf $HOME", "3"}},
		`nomad job revert 'it'\''s' 3`:                   {"", []string{"it's", "3"}},
	} {
		if got := (detect.Nomad{Namespace: c.namespace}).Command("job revert", c.args...); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
