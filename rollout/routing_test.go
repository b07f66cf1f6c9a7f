package rollout_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"weir/rollout"
	"weir/route"
)

// TestRouting follows what proxies are told through a rollout.
func TestRouting(t *testing.T) {
	w := newWorld(t, "service: web\ncanary_host: 'canary.{host}'\nsteps: [{mirror: {percent: 5}}, {pause: {}}, {set_weight: 10%}, {pause: {}}, {set_weight: 100%}, {promote: {}}]")
	for _, tt := range []struct{ script, want string }{
		{"see v1=3; run 2s", "stable=100% of v1"},
		{"see v1=3 v2=3; run 15s", "canary=0% stable=100% of v1, v2 isolated, mirror 5%"},
		{"do promote; run 2s", "canary=10% stable=90% of v1, v2 isolated, mirror 5%"},
		{"do set-weight 30%", "canary=30% stable=70% of v1, v2 isolated, mirror 5%"},
		{"do abort", "canary=0% stable=100% of v1, v2 isolated, v2 drains in 5s"},
		{"run 1s; do retry; run 15s; do promote full; run 2s", "canary=100% stable=0% of v1, v2 isolated, v1 drains in 15m"},
		{"run 16s", "stable=100% of v2, v1 drains in 15m"},
		{"see v2=3; run 11m", "stable=100% of v2"},
		{"nopolicy; run 2s", "by tags"},
	} {
		for line := range strings.SplitSeq(tt.script, "; ") {
			w.line(line)
		}
		if got := routingText(&w.state); got != tt.want {
			t.Errorf("after %q: %s\nwant %s\n%s", tt.script, got, tt.want, w.out.String())
		}
	}
}

func routingText(s *rollout.State) string {
	in, controlled := s.Intent()
	if !controlled {
		return "by tags"
	}
	r := s.Routing()
	var words []string
	for _, variant := range slices.Sorted(maps.Keys(in.Shares)) {
		words = append(words, variant+"="+in.Shares[variant].String())
	}
	text := strings.Join(words, " ") + " of " + r.Stable
	if r.Isolated {
		text += ", " + r.Candidate + " isolated"
	}
	if r.Mirror.Percent > 0 {
		text += fmt.Sprintf(", mirror %v%%", r.Mirror.Percent)
	}
	for _, key := range slices.Sorted(maps.Keys(r.Drains)) {
		text += fmt.Sprintf(", %s drains in %s", key, r.Drains[key].Max)
	}
	return text
}

// TestSalt says whose clients come first.
func TestSalt(t *testing.T) {
	scope := route.Scope{Kind: "service", Name: "web"}
	for salt, same := range map[string]bool{"rollout": false, "route": true} {
		w := newWorld(t, "service: web\ncohort: {salt: "+salt+"}")
		w.line("see v1=3 v2=3")
		w.line("run 15s")
		first := w.state.Routing()
		w.line("do abort")
		w.line("run 2s")
		w.line("do retry")
		second := w.state.Routing()
		if got := first.Salt(scope) == second.Salt(scope); got != same || first.Rollout == second.Rollout {
			t.Errorf("salt: %s: %q and %q", salt, first.Salt(scope), second.Salt(scope))
		}
	}
}

// TestReplayMissesNothing refuses an audit with a gap.
func TestReplayMissesNothing(t *testing.T) {
	w := newWorld(t, "service: web")
	w.line("see v1=3 v2=3")
	w.line("run 1m")
	if n := len(w.entries); n < 4 {
		t.Fatalf("there are %d entries", n)
	}
	mixed := slices.Clone(w.entries)
	slices.Reverse(mixed)
	checkReplay(t, w.state, mixed)
	for name, entries := range map[string][]rollout.Entry{
		"entry 3 of service/web is missing": slices.Delete(slices.Clone(w.entries), 2, 3),
		"entry 2 of service/web":            append(slices.Clone(w.entries), w.entries[0]),
		"do not make a state":               {{Serial: 1, Patch: map[string]json.RawMessage{"weight": []byte(`"x"`)}}},
	} {
		if _, err := rollout.Replay(entries); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("got %v, want %q", err, name)
		}
	}
}
