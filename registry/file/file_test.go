package file_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"weir/registry"
	"weir/registry/file"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// put replaces a file in one step, and gives it a time of its own even where
// the clock of the bubble stands still.
func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

func say(s registry.Snapshot) string {
	text := s.NoRouteHTML
	for _, c := range s.Commands {
		text += c.Text
	}
	if s.Err != nil {
		text += " error"
	}
	return text
}

// run runs a source in a bubble. The result of next is what it has sent last
// after a second of the bubble's time.
func run(t *testing.T, s file.Source, test func(next func() string)) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		out, done := make(chan registry.Snapshot), make(chan error)
		go func() { done <- s.Run(ctx, out) }()
		test(func() (said string) {
			for end := time.After(time.Second); ; {
				select {
				case now := <-out:
					said = say(now)
				case <-end:
					return said
				}
			}
		})
		cancel()
		for {
			select {
			case <-out:
				continue
			case err := <-done:
				if !errors.Is(err, context.Canceled) {
					t.Errorf("it ended with %v", err)
				}
			}
			return
		}
	})
}

func TestAChangedFileIsReadAgain(t *testing.T) {
	dir := t.TempDir()
	s := file.Source{Path: filepath.Join(dir, "routes"), NoRoute: filepath.Join(dir, "page")}
	put(t, s.Path, "one ")
	put(t, s.NoRoute, "page ")
	run(t, s, func(next func() string) {
		for _, step := range []struct {
			do   func()
			want string
		}{
			{func() {}, "page one "},
			{func() {}, ""},
			{func() { put(t, s.Path, "two ") }, "page two "},
			{func() { put(t, s.NoRoute, "other ") }, "other two "},
			{func() { os.Remove(s.Path) }, "other two  error"},
			{func() { put(t, s.Path, "two ") }, "other two "},
			{func() { put(t, s.Path, "") }, "other "}, // an empty file is an answer
		} {
			step.do()
			if got := next(); got != step.want {
				t.Errorf("it said %q, want %q", got, step.want)
			}
		}
	})
}

func TestAFileThatIsMissingAtFirstIsReadWhenItComes(t *testing.T) {
	s := file.Source{Path: filepath.Join(t.TempDir(), "routes")}
	run(t, s, func(next func() string) {
		if got := next(); got != " error" {
			t.Errorf("it said %q, want an error", got)
		}
		put(t, s.Path, "one")
		if got := next(); got != "one" {
			t.Errorf("it said %q, want what is in the file", got)
		}
	})
}

func TestAHugeFileIsRefused(t *testing.T) {
	s := file.Source{Path: filepath.Join(t.TempDir(), "routes")}
	put(t, s.Path, "one")
	run(t, s, func(next func() string) {
		next()
		if err := os.Truncate(s.Path, 65<<20); err != nil {
			t.Fatal(err)
		}
		if got := next(); !strings.HasPrefix(got, "one") || !strings.HasSuffix(got, "error") {
			t.Errorf("it said %.20q, want the last good text and an error", got)
		}
	})
}
