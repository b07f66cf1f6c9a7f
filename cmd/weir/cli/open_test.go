package cli

import (
	"testing"
	"time"

	"weir/admin"
)

func TestWhatIsOpen(t *testing.T) {
	now := time.Now()
	calm := []admin.OpenShare{{Variant: "canary", New: 0.05}, {Variant: "stable", New: 0.95}}
	busy := []admin.OpenShare{{Variant: "canary", Open: 3, Share: 0.025, New: 0.05}, {Variant: "stable", Open: 117, Share: 0.975, New: 0.95}}
	drains := []admin.RolloutDrain{{Version: "v1", Left: 12, Until: now.Add(90 * time.Second)}}
	for want, r := range map[string]admin.Rollout{
		"": {Open: calm},
		"Open:    canary 3 (2.5%, of the new 5%)   stable 117 (97.5%, of the new 95%)\n": {Open: busy},
		"Drains:  v1, 12 still open, the last is ended in 1m30s\n":                       {Draining: drains},
	} {
		if got := openText(r, now); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
