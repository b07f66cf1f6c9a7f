// Package replay records the counters that a rollout was judged by, and judges
// them again.
//
// A recording is JSON lines: first a header with the rules, then, in the order
// of time, a line for every step that begins and a line for what a proxy
// reported of a generation in a round. The header may hold the evidence that the
// recording begins with. Counters only grow, as the proxies report
// them.
//
//	{"recording":1,"rollout":"web/14","steps":2,"rules":{"alpha":0.01}}
//	{"step":1,"generation":12}
//	{"round":1,"proxy":"edge-1","epoch":1,"generation":12,"weight":"5%",
//	 "candidate":{"units":60,"bad":{"http_5xx":1,"connect_fail":0}},"stable":{…}}
package replay

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"time"

	"weir/rollout/verdict"
)

// Look is what the verdict was after a round.
type Look struct {
	Round    uint64    `json:"round"`
	Time     time.Time `json:"time,omitzero"` // as recorded; zero where it was not
	Decision verdict.Decision
}

// Result is a recording judged again.
type Result struct {
	Rollout string          `json:"rollout,omitempty"`
	Last    Look            `json:"last"` // the look that the verdict is from
	Verdict verdict.Verdict `json:"verdict"`
}

// Error is what is wrong with a line.
type Error struct {
	Line int // from 1
	Err  error
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

func (e *Error) Unwrap() error { return e.Err }

// Judge takes in a recording round by round, as the leader did, and tells look
// (where it is not nil) of each. It ends at the first FAIL, as a rollout does. An
// *Error names the line, the value and what was expected.
func Judge(r io.Reader, look func(Look)) (Result, error) {
	p := &player{look: look}
	scan := bufio.NewScanner(r)
	scan.Buffer(nil, maxLine)
	for !p.failed() && scan.Scan() {
		p.line++
		if err := p.read(scan.Bytes()); err != nil {
			return Result{}, p.wrap(err)
		}
	}
	switch err := scan.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return Result{}, &Error{p.line + 1, fmt.Errorf("it is longer than %d bytes", maxLine)}
	case err != nil:
		return Result{}, err
	case p.evidence == nil:
		return Result{}, &Error{p.line + 1, errors.New("the file ends, want a recording")}
	}
	if err := p.judge(); err != nil {
		return Result{}, err
	}
	return Result{Rollout: p.head.Rollout, Last: p.last, Verdict: p.evidence.Judge()}, nil
}
