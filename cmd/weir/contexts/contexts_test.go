package contexts

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// FuzzRead: what is accepted is the same after it was written.
func FuzzRead(f *testing.F) {
	f.Add("current: a\ncontexts:\n  a: {address: http://127.0.0.1:9998, token: x}\n  'true': {address: https://b, ca-file: c}\n")
	f.Add("contexts: {a: {address: 'http://x', path: /weir, token: \"null\"}}")
	f.Add("contexts: &a {b: *a}")
	f.Add("current:")
	f.Fuzz(func(t *testing.T, text string) {
		file := &File{Name: filepath.Join(t.TempDir(), "c.yaml"), Contexts: map[string]Context{}}
		if file.parse([]byte(text)) != nil {
			return
		}
		if err := file.Write(); err != nil {
			t.Fatal(err)
		}
		again, err := Read(file.Name)
		if err != nil || !reflect.DeepEqual(again, file) {
			written, _ := file.encode()
			t.Fatalf("%+v, again %+v, %v\n%s", file, again, err, written)
		}
	})
}

// TestWriteKeepsALinkAndLeavesNothing: the file behind the link is replaced, and is
// its owner's.
func TestWriteKeepsALinkAndLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	there, link := filepath.Join(dir, "there", "weir.yaml"), filepath.Join(dir, "link.yaml")
	if err := os.Mkdir(filepath.Dir(there), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(there, []byte("contexts: {}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(there, link); err != nil {
		t.Fatal(err)
	}
	file, err := Read(link)
	if err == nil {
		err = file.Set("a", Context{Address: "http://127.0.0.1:1"})
	}
	if err == nil {
		err = file.Write()
	}
	if err != nil {
		t.Fatal(err)
	}
	at, _ := os.Lstat(link)
	info, err := os.Stat(there)
	if err != nil || at.Mode()&os.ModeSymlink == 0 || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v %v", err, at.Mode(), info.Mode())
	}
	if files, _ := filepath.Glob(filepath.Join(dir, "there", "*")); len(files) != 1 {
		t.Error(files)
	}
}

func TestPlaces(t *testing.T) {
	for want, env := range map[string]map[string]string{
		"/x/weir/config.yaml":              {"XDG_CONFIG_HOME": "/x", "HOME": "/home/a"},
		"/home/a/.config/weir/config.yaml": {"XDG_CONFIG_HOME": "relative", "HOME": "/home/a"},
		"":                                 {"HOME": "relative"},
	} {
		if got := Path(func(name string) string { return env[name] }); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	file := &File{Name: "/x/weir/config.yaml", Contexts: map[string]Context{"a": {Address: "http://a/", Path: "/weir/", TokenFile: "token", CAFile: "/ca"}}}
	c, err := file.Get("a")
	if err != nil || c.TokenFile != "/x/weir/token" || c.CAFile != "/ca" || c.Base() != "http://a/weir" {
		t.Errorf("%+v %v", c, err)
	}
	if _, err := Read(filepath.Join(t.TempDir(), strings.Repeat("x", 300))); err == nil {
		t.Error("a name that is too long is no empty file")
	}
}
