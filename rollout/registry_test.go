package rollout_test

import (
	"fmt"
	"strings"
	"testing"

	"weir/rollout/detect"
	"weir/route"
)

// registered reads "ID TAG…" lines, one instance each; _ in an ID stands for an
// allocation of Nomad.
func registered(text string) (all []route.Instance) {
	for line := range strings.Lines(text) {
		w := strings.Fields(line)
		id := w[0]
		if n, ok := strings.CutPrefix(id, "_"); ok {
			id = fmt.Sprintf("_nomad-task-%s-web-web-http", allocation(n))
		}
		in := route.Instance{Service: "web", ID: id, Node: "n1", Address: "10.0.0.1", Port: 80, Up: true}
		for _, tag := range w[1:] {
			in.Tags = append(in.Tags, strings.ReplaceAll(tag, "+", " "))
		}
		all = append(all, in)
	}
	return all
}

func allocation(n string) string {
	return "00000000-0000-0000-0000-" + strings.Repeat("0", 12-len(n)) + n
}

const (
	shared = "urlprefix-app/"
	alone  = "urlprefix-canary.app/"
)

// TestTagsThatFlip plays the job of a canary with its own hostname as a registry
// shows it, without Nomad and without versions: a promotion changes the tags of
// the same service IDs, and no version may change with them.
func TestTagsThatFlip(t *testing.T) {
	w := newWorld(t, "service: web")
	reader := detect.Reader{Scope: w.state.Scope}
	see := func(d string, lines ...string) {
		w.input.Seen = reader.Read(registered(strings.Join(lines, "\n")), w.state.Known())
		w.line("run " + d)
	}
	old := []string{"_1 " + shared, "_2 " + shared, "_3 " + shared}
	see("2s", old...)
	see("30s", append(old, "_4 "+alone+" variant=canary")...)
	if w.state.Phase != "paused" || w.state.Weight != 0 || w.state.Candidate.Key != "canary" {
		t.Fatalf("the canary on its own hostname: %s", statusText(&w.state))
	}
	see("2s", append(old, "_4 "+shared)...)
	if w.state.Stage != "promoting" || w.state.Reason != "external_promote" {
		t.Fatalf("after the promotion: %s", statusText(&w.state))
	}
	see("2s", "_3 "+shared, "_4 "+shared, "_5 "+shared)
	if g := w.input.Seen.Find("canary"); g.All != 2 {
		t.Fatalf("the new instances are told as %+v", w.input.Seen)
	}
	see("30s", "_4 "+shared, "_5 "+shared, "_6 "+shared)
	if w.state.Stage != "healthy" || w.state.Stable.Key != "canary" {
		t.Fatalf("at the end: %s", statusText(&w.state))
	}
	see("10m", "_4 "+shared, "_5 "+shared, "_7 "+shared) // one is replaced
	if w.state.Revision != 2 || len(w.input.Seen) != 1 {
		t.Errorf("an instance that was replaced begins something: %s", statusText(&w.state))
	}
	see("15s", "_4 "+shared, "_5 "+shared, "_7 "+shared, "_8 "+shared+" variant=canary")
	if w.state.Candidate.Key != "canary#2" || w.state.Revision != 3 {
		t.Errorf("the next canary: %s", statusText(&w.state))
	}
}

// TestNomadTellsLate plays a plain canary with the very same tags whose
// allocations Nomad tells of only after weir has begun.
func TestNomadTellsLate(t *testing.T) {
	w := newWorld(t, "service: web\nnomad: auto")
	reader := detect.Reader{Scope: w.state.Scope}
	see := func(d string, lines ...string) {
		w.input.Seen = reader.Read(registered(strings.Join(lines, "\n")), w.state.Known())
		w.line("run " + d)
	}
	tell := func(n, spec string, job uint64) {
		if reader.Allocations == nil {
			reader.Allocations = map[string]detect.Allocation{}
		}
		reader.Allocations[allocation(n)] = detect.Allocation{Nomad: detect.Nomad{Job: "web", JobVersion: job, Spec: spec}}
	}
	three := []string{"_1 " + shared, "_2 " + shared, "_3 " + shared}
	see("1m", three...)
	for _, n := range []string{"1", "2", "3"} {
		tell(n, "a", 2)
	}
	see("1m", three...)
	if w.state.Stable.Key != "nomad-2" || w.state.Revision != 1 {
		t.Fatalf("when Nomad tells: %s", statusText(&w.state))
	}
	see("1m", append(three, "_4 "+shared)...)
	if g := w.input.Seen.Find(""); g.All != 1 || w.state.Revision != 1 {
		t.Fatalf("one that Nomad has not told of: %+v, %s", w.input.Seen, statusText(&w.state))
	}
	tell("4", "b", 3)
	see("15s", append(three, "_4 "+shared)...)
	if w.state.Candidate.Key != "nomad-3" || w.state.Candidate.Nomad.JobVersion != 3 {
		t.Fatalf("when Nomad has told of it: %s", statusText(&w.state))
	}
	for _, n := range []string{"1", "2", "3", "4"} { // a revert: updated in place, and a canary of its own
		tell(n, "a", 4)
	}
	see("2m", append(three, "_4 "+shared)...)
	if w.state.Stage != "healthy" || w.state.Revision != 2 || len(w.input.Seen) != 1 {
		t.Errorf("after the revert: %s", statusText(&w.state))
	}
}
