package certs

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// put replaces a file in one step.
func put(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path+".new", data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

// inBubble runs a source in a bubble, where wait lets two looks pass.
func inBubble(t *testing.T, c Config, test func(s *Source, wait func())) {
	synctest.Test(t, func(t *testing.T) {
		s, err := New(c, around())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- s.Run(ctx) }()
		synctest.Wait()
		test(s, func() { <-time.After(2*max(c.Refresh, look) + 1); synctest.Wait() })
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func says(t *testing.T, s *Source, names, problem string) {
	t.Helper()
	said := s.servedNames() // the certificates' days are not those of the bubble
	for _, p := range s.unusable() {
		said += "\n" + p.Place + ": " + p.Reason
	}
	if s.servedNames() != names || problem == "" && said != names || !strings.Contains(said, problem) {
		t.Errorf("got %s\nwant %s and %q", said, names, problem)
	}
}

// TestAFolderIsFollowed changes files, links and rights of a source of type path.
func TestAFolderIsFollowed(t *testing.T) {
	m, dir := newMaterial(t), t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	do := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	do(os.Mkdir(path("certs"), 0o700))
	do(os.Mkdir(path("certs/..hidden"), 0o700))
	do(os.Mkdir(path("certs/sub"), 0o700))
	put(t, path("certs/..hidden/h.pem"), m.text("h"))
	put(t, path("certs/sub/b.pem"), m.text("b"))
	put(t, path("certs/a.pem"), m.text("a"))
	put(t, path("other"), m.text("other"))
	do(os.Symlink("certs", path("link")))
	inBubble(t, Config{Name: "p", Type: "path", Cert: path("link"), Refresh: 3 * time.Second}, func(s *Source, wait func()) {
		says(t, s, "a b", "")
		put(t, path("certs/a.pem"), m.text("c"))
		do(os.Symlink(path("other"), path("certs/z.pem")))
		wait()
		says(t, s, "c b other", "")
		put(t, path("other"), m.text("d"))
		put(t, path("certs/big.pem"), make([]byte, maxText+1))
		do(os.Mkdir(path("certs/dir.pem"), 0o700))
		wait()
		says(t, s, "c b d", "big.pem: has more than 1048576 bytes")
		do(os.RemoveAll(path("certs")))
		wait()
		says(t, s, "c b d", "no such file or directory")
		do(os.Mkdir(path("certs"), 0o700))
		put(t, path("certs/a.pem"), m.text("a"))
		wait()
		says(t, s, "a", "")
	})
}

// TestAFileIsReadWhenItWasTheSameAtTwoLooks writes a part at each look.
func TestAFileIsReadWhenItWasTheSameAtTwoLooks(t *testing.T) {
	m, file := newMaterial(t), filepath.Join(t.TempDir(), "both.pem")
	put(t, file, m.text("a"))
	inBubble(t, Config{Name: "f", Type: "file", Cert: file}, func(s *Source, wait func()) {
		whole := m.text("b")
		<-time.After(look / 2) // between two looks
		for n := 0; n < len(whole); n += 200 {
			if err := os.WriteFile(file, whole[:n], 0o600); err != nil {
				t.Fatal(err)
			}
			<-time.After(look)
			says(t, s, "a", "")
		}
		put(t, file, whole)
		wait()
		says(t, s, "b", "")
	})
}

// TestRefreshZeroReadsOnce looks at no file again.
func TestRefreshZeroReadsOnce(t *testing.T) {
	m, dir := newMaterial(t), t.TempDir()
	put(t, filepath.Join(dir, "a.pem"), m.text("a"))
	inBubble(t, Config{Name: "p", Type: "path", Cert: dir}, func(s *Source, wait func()) {
		put(t, filepath.Join(dir, "a.pem"), m.text("b"))
		wait()
		says(t, s, "a", "")
	})
}

// TestLoadNamesEachFile is what a start and weir check say of a source of type
// file. Without its folder a source of type path starts, with a problem.
func TestLoadNamesEachFile(t *testing.T) {
	m, dir := newMaterial(t), t.TempDir()
	good, bad := filepath.Join(dir, "good.pem"), filepath.Join(dir, "bad.pem")
	put(t, good, m.text("a"))
	put(t, bad, []byte("junk"))
	for _, c := range []struct {
		conf Config
		want []string // none: it loads
	}{
		{Config{Type: "file", Cert: good}, nil},
		{Config{Type: "file", Cert: good, ClientCA: good}, []string{`x: ` + good + `: holds a PEM block of type "PRIVATE KEY"`}},
		{Config{Type: "file", Cert: bad, Key: dir + "/none", ClientCA: bad}, []string{bad + ": open " + dir + "/none: no such file", bad + ": holds no certificate"}},
		{Config{Type: "path", Cert: dir + "/none", ClientCA: bad}, nil},
	} {
		c.conf.Name = "x"
		s, err := New(c.conf, around())
		if err != nil {
			t.Fatal(err)
		}
		err = s.Load()
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%+v: %v, want %s", c.conf, err, want)
			}
		}
		if c.want == nil && err != nil {
			t.Errorf("%+v: %v", c.conf, err)
		}
	}
}
