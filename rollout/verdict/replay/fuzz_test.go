package replay

import (
	"bytes"
	"errors"
	"os"
	"reflect"
	"testing"

	"weir/rollout/verdict"
)

// FuzzJudge: what is accepted gives the verdict of a player that is fed with the
// recording written anew, and what is refused names a line.
func FuzzJudge(f *testing.F) {
	good, err := os.ReadFile("testdata/good.jsonl")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	for _, line := range bytes.Split(good, []byte("\n")) {
		f.Add(append(bytes.Clone(good), line...))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := Judge(bytes.NewReader(text), nil)
		if err != nil {
			var at *Error
			if !errors.As(err, &at) || at.Line < 1 || at.Line > bytes.Count(text, []byte("\n"))+1 {
				t.Fatalf("%v names no line of the file", err)
			}
			return
		}
		again, err := Judge(bytes.NewReader(rewritten(t, text)), nil)
		if err != nil || !reflect.DeepEqual(got.Verdict, again.Verdict) {
			t.Fatalf("%+v\nwritten anew (%v)\n%+v", got.Verdict, err, again.Verdict)
		}
	})
}

// rewritten writes a good recording anew, line by line through the Writer. Round
// numbers are kept, because missing ones mean something.
func rewritten(t *testing.T, text []byte) []byte {
	var file bytes.Buffer
	var w *Writer
	for _, text := range bytes.Split(text, []byte("\n")) {
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		line, err := parse(text)
		if err != nil {
			break // after a FAIL nothing is read
		}
		switch line := line.(type) {
		case *header:
			w, err = NewWriter(&file, line.Rollout, line.Rules, line.Steps)
		case *begin:
			err = w.Begin(line.Generation)
		case *counters:
			w.round = line.Round - 1
			err = w.Add(line.Time, verdict.Report{Proxy: line.Proxy, Epoch: line.Epoch, Generations: []verdict.Generation{
				{Generation: line.Generation, Weight: line.Weight, Candidate: line.Candidate, Stable: line.Stable}}})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return file.Bytes()
}
