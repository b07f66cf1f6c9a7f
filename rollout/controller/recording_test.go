package controller_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"weir/rollout"
	"weir/rollout/controller"
	"weir/rollout/verdict"
	"weir/rollout/verdict/replay"
)

// recordIn makes a proxy record in a folder of its own.
func recordIn(dir string) func(*controller.Config) {
	return func(c *controller.Config) { c.Recordings = filepath.Join(dir, c.Name) }
}

// replayed wants the recording of a proxy to judge as the evidence in the store
// does, by so many rounds at least.
func (p *proxy) replayed(t *testing.T, rounds int) replay.Result {
	t.Helper()
	text, err := p.Recording(t.Context(), web)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	result, err := replay.Judge(bytes.NewReader(text), func(replay.Look) { seen++ })
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	_, e, err := p.Evidence(t.Context(), web)
	if err != nil {
		t.Fatal(err)
	}
	if want := e.Judge(); !reflect.DeepEqual(result.Verdict, want) {
		t.Errorf("the recording judges\n%+v\nwant\n%+v", result.Verdict, want)
	}
	if seen < rounds || result.Rollout != "service/web revision 2" {
		t.Errorf("%d rounds of %q, want %d", seen, result.Rollout, rounds)
	}
	return result
}

// TestARecordingJudgesAsTheLeaderDid, also where another has led before, whose
// counters nobody can ask for any more.
func TestARecordingJudgesAsTheLeaderDid(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s, f := memory(t), newFleet()
		first := f.start(t, s, "edge-1", canary(), recordIn(dir))
		first.put(t, "web", judged)
		now := first.at(t, rollout.Progressing, "canary 10% stable 90%")
		first.counters.count(now, 300, 2)
		time.Sleep(time.Minute)
		first.replayed(t, 10)
		first.stop()
		second := f.start(t, s, "edge-2", canary(), recordIn(dir))
		second.counters.count(now, 100, 1)
		time.Sleep(time.Minute)
		second.replayed(t, 10)
		follower := f.start(t, s, "edge-3", canary(), recordIn(dir))
		second.counters.count(now, 50, 20)
		second.at(t, rollout.Aborted, "canary 0% stable 100%")
		time.Sleep(time.Minute)
		for _, p := range []*proxy{second, follower} {
			if got := p.replayed(t, 0); got.Verdict.Outcome != verdict.Fail || got.Last.Decision.Outcome != verdict.Fail {
				t.Errorf("it judges %+v, the leader %s", got.Last, verdict.Fail)
			}
		}
	})
}

// TestRecordingsAreFew: the oldest go.
func TestRecordingsAreFew(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		p := newFleet().start(t, memory(t), "edge-1", canary(), recordIn(dir))
		p.put(t, "web", byHandSlowly)
		for range 23 {
			p.at(t, rollout.Progressing, "canary 10% stable 90%")
			p.do(t, rollout.Command{Verb: rollout.Abort})
			p.at(t, rollout.Aborted, "canary 0% stable 100%")
			p.do(t, rollout.Command{Verb: rollout.Retry})
		}
		files, err := os.ReadDir(filepath.Join(dir, "edge-1"))
		if err != nil || len(files) != 20 {
			t.Errorf("%d files (%v), want 20", len(files), err)
		}
	})
}

// TestARolloutGoesOnWithoutItsRecording where the folder cannot be written.
func TestARolloutGoesOnWithoutItsRecording(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		p := newFleet().start(t, memory(t), "edge-1", canary(), recordIn(file))
		p.put(t, "web", judged)
		now := p.at(t, rollout.Progressing, "canary 10% stable 90%")
		p.counters.count(now, 100, 30)
		p.at(t, rollout.Aborted, "canary 0% stable 100%")
		p.replayed(t, 0) // from the store
		if _, err := os.Stat(file); err != nil {
			t.Error(fmt.Errorf("the file: %w", err))
		}
	})
}
