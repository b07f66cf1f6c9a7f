package accesslog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// sink is an output that can be stopped, or fail.
type sink struct {
	mu     sync.Mutex
	text   bytes.Buffer
	err    error
	stop   chan struct{} // Write waits for it; nil: it does not
	closed bool
}

func (s *sink) Write(p []byte) (int, error) {
	if s.stop != nil {
		<-s.stop
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return 0, s.err
	}
	return s.text.Write(p)
}

func (s *sink) Close() error { s.closed = true; return nil }

func (s *sink) lines() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Split(strings.TrimSuffix(s.text.String(), "\n"), "\n")
}

// started is a Log that runs, the log it complains to, and what ends it.
func started(t *testing.T, out *sink, format string) (l *Log, told *bytes.Buffer, end func()) {
	t.Helper()
	told = &bytes.Buffer{}
	l, err := New(Config{Format: format, Sample: 1, Output: out, Log: slog.New(slog.NewTextHandler(told, nil))})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- l.Run(ctx) }()
	return l, told, func() {
		cancel()
		if err := <-ended; err != nil || !out.closed {
			t.Errorf("Run returned %v, closed is %v", err, out.closed)
		}
	}
}

// TestEveryLineIsWritten: many at once, in order, and the last ones when it ends.
func TestEveryLineIsWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := &sink{}
		l, _, end := started(t, out, "$request_uri")
		var want []string
		for i := range 1000 {
			x := own()
			x.URI = fmt.Appendf(nil, "/%d", i)
			want = append(want, string(x.URI))
			l.Exchange(x)
			if i == 500 {
				time.Sleep(pause + 1)
				synctest.Wait()
				if n := len(out.lines()); n != 501 {
					t.Errorf("%d lines are written after a while, want 501", n)
				}
			}
		}
		l.Session(passed(t))
		end()
		if got := out.lines(); strings.Join(got, " ") != strings.Join(append(want, "-"), " ") || l.Dropped() != 0 {
			t.Errorf("%d lines, %d dropped: %.200q", len(got), l.Dropped(), got)
		}
	})
}

// TestNobodyWaitsForTheOutput: what does not fit is dropped, counted and told.
func TestNobodyWaitsForTheOutput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := &sink{stop: make(chan struct{})}
		l, told, end := started(t, out, "$request_uri")
		x := own()
		x.URI = bytes.Repeat([]byte("x"), 1023)
		l.Exchange(x)
		synctest.Wait() // the output has taken it, and hangs
		for range maxPending/1024 + 1000 {
			l.Exchange(x)
		}
		const all = 1 + maxPending/1024
		if l.Dropped() != 1000 {
			t.Errorf("%d lines are dropped, want 1000", l.Dropped())
		}
		close(out.stop)
		end()
		if got := len(out.lines()); got != all {
			t.Errorf("%d lines are written, want %d", got, all)
		}
		if text := told.String(); !strings.Contains(text, `msg="access log lines dropped" lines=1000`) {
			t.Errorf("the log says %s", text)
		}
	})
}

// TestAnOutputThatFails costs lines, which are counted, and is tried again.
func TestAnOutputThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := &sink{err: errors.New("no space left")}
		l, told, end := started(t, out, "$request_uri")
		l.Exchange(own())
		l.Exchange(own())
		time.Sleep(time.Second)
		out.mu.Lock()
		out.err = nil
		out.mu.Unlock()
		l.Exchange(own())
		end()
		if l.Dropped() != 2 || len(out.lines()) != 1 || !strings.Contains(told.String(), `lines=2 error="no space left"`) {
			t.Errorf("%d dropped, %q written, the log says %s", l.Dropped(), out.lines(), told)
		}
	})
}
