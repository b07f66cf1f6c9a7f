package policyfile_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"weir/rollout/policyfile"
)

// put replaces a file in one step: the clock of the bubble stands still, so that
// its time alone would not tell.
func put(t *testing.T, path, text string) {
	t.Helper()
	temporary := filepath.Join(filepath.Dir(path), ".new")
	if err := os.WriteFile(temporary, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(temporary, path); err != nil {
		t.Fatal(err)
	}
}

// say is what is known, without the folder: "web: observe | db: none, PROBLEM".
func say(dir string, files []policyfile.File) string {
	var list []string
	for _, f := range files {
		text := f.Name + ": "
		if f.Text != "" {
			text += string(f.Policy.Strategy)
		}
		if f.Problem != "" {
			text += " (" + strings.ReplaceAll(f.Problem, dir, "DIR") + ")"
		}
		list = append(list, text)
	}
	return strings.Join(list, " | ")
}

// watch runs a source in a bubble. next gives what was told in the last seconds;
// empty: nothing.
func watch(t *testing.T, dir string, paths []string, test func(next func() string)) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		told, done := make(chan string, 100), make(chan error)
		go func() {
			done <- policyfile.Source{Paths: paths}.Run(ctx, func(files []policyfile.File) { told <- say(dir, files) })
		}()
		test(func() (last string) {
			time.Sleep(2 * time.Second)
			for {
				select {
				case last = <-told:
				default:
					return last
				}
			}
		})
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("it ended with %v", err)
		}
	})
}

func TestFilesAreReadWhenTheyChange(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	put(t, in("web.yaml"), "strategy: observe")
	put(t, in("notes.txt"), "these are not read")
	watch(t, dir, []string{dir}, func(next func() string) {
		for _, step := range []struct {
			do   func()
			want string
		}{
			{func() {}, "web: observe"},
			{func() {}, ""},
			{func() { put(t, in("db.hcl"), `strategy = "none"`) }, "db: none | web: observe"},
			{func() { put(t, in("web.yaml"), "strategy: blue") },
				"db: none | web: observe (line 1: strategy: \"blue\": want one of canary, bluegreen, observe, none)"},
			{func() {}, ""},
			{func() { put(t, in("web.yaml"), "strategy: bluegreen") }, "db: none | web: bluegreen"},
			{func() { put(t, in(".web.yaml"), "strategy: none"); put(t, in("notes.txt"), "nor now") }, ""},
			{func() { os.Remove(in("db.hcl")) }, "web: bluegreen"},
			{func() { put(t, in("bad.json"), "{") }, "bad:  (it is neither YAML, JSON nor HCL: yaml: line 1: did not find expected node content) | web: bluegreen"},
			{func() { os.Rename(dir, dir+".away") }, ": " + " (stat DIR: no such file or directory) | " +
				"bad:  (it is neither YAML, JSON nor HCL: yaml: line 1: did not find expected node content) | web: bluegreen"},
			{func() { os.Rename(dir+".away", dir); os.Remove(in("bad.json")) }, "web: bluegreen"},
			{func() { os.Mkdir(in("sub.yaml"), 0o700); os.Symlink("web.yaml", in("link.yml")) }, "link: bluegreen | web: bluegreen"},
		} {
			step.do()
			if got := next(); got != step.want {
				t.Errorf("it told %q, want %q", got, step.want)
			}
		}
	})
}

// TestANamedFileIsMissed: what the configuration names is expected to be there.
func TestANamedFileIsMissed(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "web.yaml")
	watch(t, dir, []string{path, path, os.DevNull}, func(next func() string) {
		for _, step := range []struct {
			do   func()
			want string
		}{
			{func() {}, "web:  (stat DIR/web.yaml: no such file or directory)"},
			{func() { put(t, path, "strategy: none") }, "web: none"},
			{func() { os.Remove(path) }, "web: none (stat DIR/web.yaml: no such file or directory)"},
			{func() { put(t, path, strings.Repeat("#", 70_000)) }, "web: none (a policy of 65537 bytes is too long, at most 65536 are allowed)"},
			{func() { put(t, path, "drain: {abort: {max: 1s}}\nservice: 'a b'") },
				`web: none (line 2: service: "a b": want the name of a service, without blanks, quotes and slashes)`},
		} {
			step.do()
			if got, want := next(), ":  (/dev/null is neither a file nor a folder) | "+step.want; got != want {
				t.Errorf("it told %q, want %q", got, want)
			}
		}
	})
}

// TestAFolderHasItsLimit: what is left out is said.
func TestAFolderHasItsLimit(t *testing.T) {
	dir := t.TempDir()
	for i := range 1001 {
		put(t, filepath.Join(dir, fmt.Sprintf("p%04d.yaml", i)), "strategy: none")
	}
	watch(t, dir, []string{dir}, func(next func() string) {
		if err := (policyfile.Source{Paths: []string{dir}}).Check(); err == nil || !strings.HasPrefix(err.Error(), "policy file "+dir+": more than 1000") {
			t.Errorf("check says %v", err)
		}
		if got := next(); strings.Count(got, "none") != 1000 || !strings.HasPrefix(got, ":  (more than 1000 policies are in the folder: those after DIR/p0999.yaml are left out) | p0000") {
			t.Errorf("it told %.200q", got)
		}
	})
}
