package controller

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"weir/rollout"
	"weir/rollout/verdict"
	"weir/rollout/verdict/replay"
	"weir/route"
)

// Bounds of what a leader records.
const (
	maxRecording  = 8 << 20 // bytes of a file, after which it begins anew with what is known then
	maxRecordings = 20      // files
)

// recording is the file of the rounds that one leader has judged a rollout by. It
// begins with the evidence that the leader found, so it judges as the leader does
// whoever led before.
type recording struct {
	rollout string // State.ID
	file    *os.File
	out     *replay.Writer
	size    int64
	broken  bool // it could not be written, which was logged
}

// Write implements io.Writer for the replay.Writer.
func (r *recording) Write(text []byte) (int, error) {
	n, err := r.file.Write(text)
	r.size += int64(n)
	return n, err
}

func (r *recording) close() {
	if r != nil && r.file != nil {
		_ = r.file.Close() // what is missing in the end was judged all the same
	}
}

// recordingName is the file of a rollout. Its ID comes from the store.
func recordingName(dir, id string) string {
	return filepath.Join(dir, "rollout-"+url.PathEscape(id)+".jsonl")
}

// record begins a recording where there is none that goes on. It comes before the
// evidence takes anything in.
func (l *leader) record(w *work) {
	r := w.recording
	if l.conf.Recordings == "" || r != nil && r.rollout == w.state.ID && (r.broken || r.size < maxRecording) {
		return
	}
	r.close()
	w.recording = &recording{rollout: w.state.ID}
	err := w.recording.begin(l.conf.Recordings, &w.state, w.proof.evidence)
	l.noteRecording(w, errors.Join(err, pruneRecordings(l.conf.Recordings)))
}

// noteRecording remembers that a recording could not be written.
func (l *leader) noteRecording(w *work, err error) {
	if err != nil && !w.recording.broken {
		w.recording.broken = true
		l.conf.Log.Error("a rollout is not recorded any more", "scope", w.state.Scope.String(), "error", err)
	}
}

// begin replaces the file by one that has a header, in one step.
func (r *recording) begin(dir string, s *rollout.State, e *verdict.Evidence) (err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if r.file, err = os.CreateTemp(dir, "new-*"); err != nil {
		return err
	}
	if r.out, err = replay.Continue(r, titleOf(s), e); err == nil {
		err = os.Rename(r.file.Name(), recordingName(dir, r.rollout))
	}
	if err != nil {
		err = errors.Join(err, os.Remove(r.file.Name()))
	}
	return err
}

func titleOf(s *rollout.State) string { return fmt.Sprintf("%s revision %d", s.Scope, s.Revision) }

// recordRound records what a round has brought, without the reports that were
// refused.
func (l *leader) recordRound(w *work, round []verdict.Report, problems []error) {
	r := w.recording
	if r == nil || r.broken {
		return
	}
	for _, p := range problems {
		var refused *verdict.Refused
		if errors.As(p, &refused) {
			round = slices.DeleteFunc(round, func(one verdict.Report) bool { return one.Proxy == refused.Proxy })
		}
	}
	l.noteRecording(w, r.out.Add(time.Now().UTC().Truncate(time.Second), round...))
}

// recordStep records that a step has begun.
func (l *leader) recordStep(w *work) {
	if r := w.recording; r != nil && !r.broken {
		l.noteRecording(w, r.out.Begin(w.state.Since))
	}
}

// closeRecordings closes those of scopes that the leader lets go of.
func (l *leader) closeRecordings(of func(route.Scope) bool) {
	for s, w := range l.scopes {
		if of(s) {
			w.recording.close()
		}
	}
}

// pruneRecordings removes all but the latest files, and what a crash has left.
func pruneRecordings(dir string) error {
	list, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	type dated struct {
		name string
		at   time.Time
	}
	var files []dated
	for _, f := range list {
		if info, err := f.Info(); err == nil && !f.IsDir() {
			files = append(files, dated{f.Name(), info.ModTime()})
		}
	}
	slices.SortFunc(files, func(a, b dated) int { return cmp.Or(b.at.Compare(a.at), strings.Compare(a.name, b.name)) })
	for i, f := range files {
		if i >= maxRecordings {
			err = errors.Join(err, os.Remove(filepath.Join(dir, f.name)))
		}
	}
	return err
}

// stored reads the recording of a rollout; nil when there is none here.
func (c *Controller) stored(id string) ([]byte, error) {
	if c.conf.Recordings == "" {
		return nil, nil
	}
	text, err := os.ReadFile(recordingName(c.conf.Recordings, id))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil, nil
	}
	return text[:bytes.LastIndexByte(text, '\n')+1], err // the last line may be under way
}
