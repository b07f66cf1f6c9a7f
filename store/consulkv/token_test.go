package consulkv_test

import (
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weir/store"
	"weir/store/consulkv"
)

// TestATokenFileIsReadAgain asks a server which token came: an agent of a test
// has no ACLs.
func TestATokenFileIsReadAgain(t *testing.T) {
	var token, query string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, query = r.Header.Get("X-Consul-Token"), r.URL.RawQuery
		w.Header().Set("X-Consul-KnownLeader", "true")
		w.Header().Set("X-Consul-Index", "7")
		w.Header().Set("X-Consul-LastContact", "0")
		w.WriteHeader(http.StatusNotFound)
	}))
	defer server.Close()
	file := filepath.Join(t.TempDir(), "token")
	put(t, file, "zero")
	s, err := consulkv.Open(consulkv.Agent{Address: server.URL, TokenFile: file, Namespace: "team"}, "weir")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, c := range []struct{ file, want string }{
		{"one\n", "one"}, {"three\n", "three"}, {"", "three"}, {"two words", "three"}, {"gone", "three"}, {"four", "four"},
	} {
		if c.file == "gone" {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		} else {
			put(t, file, c.file)
		}
		if _, err := s.Get(t.Context(), "a"); !errors.Is(err, store.ErrNotFound) {
			t.Fatal(err)
		}
		if token != c.want {
			t.Errorf("with the file %q the token is %q, want %q", c.file, token, c.want)
		}
	}
	if query != "ns=team" {
		t.Errorf("query %q, want the namespace", query)
	}
}

func TestATokenFileThatCannotBeUsedIsNamed(t *testing.T) {
	folder := t.TempDir()
	for text, want := range map[string]string{"": "holds no token", "se cret": "more than one word", strings.Repeat("x", 5000): "longer than 4096"} {
		file := filepath.Join(folder, "token")
		put(t, file, text)
		_, err := consulkv.Open(consulkv.Agent{TokenFile: file}, "weir")
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), file) || strings.Contains(err.Error(), "cret") {
			t.Errorf("error %v, want %q and the name of the file", err, want)
		}
	}
	_, err := consulkv.Open(consulkv.Agent{TokenFile: filepath.Join(folder, "none")}, "weir")
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v, want that there is none", err)
	}
}

// put replaces a file as those do who write tokens: by another of that name.
func put(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file+".new", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(file+".new", file); err != nil {
		t.Fatal(err)
	}
}
