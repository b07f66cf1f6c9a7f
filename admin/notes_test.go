package admin

import (
	"slices"
	"testing"
	"time"

	"weir/rollout"
	"weir/rollout/detect"
)

// TestNotesTellOfTheJob that the candidate belongs to.
func TestNotesTellOfTheJob(t *testing.T) {
	s := rollout.State{Stable: rollout.Version{Key: "v1"}, Candidate: rollout.Version{Key: "v2"}}
	s.Live.Seen = detect.Seen{{Key: "v1", Up: 1, All: 1, OnRoute: 1}, {Key: "v2", Up: 1, All: 1, OnRoute: 1}}
	if got := notesOf(&s); len(got) != 0 {
		t.Errorf("notes %q", got)
	}
	s.Updates = &detect.Job{Canary: 1, Groups: 1, ShutdownDelay: time.Second, AutoPromote: true}
	want := []string{"the job has auto_promote: Nomad promotes as soon as the canaries are healthy, whatever the steps are"}
	if got := notesOf(&s); !slices.Equal(got, want) {
		t.Errorf("notes %q, want %q", got, want)
	}
}
