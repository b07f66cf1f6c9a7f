package auth

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func write(t *testing.T, text string) string {
	file := filepath.Join(t.TempDir(), "htpasswd")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestAllow(t *testing.T) {
	b := &Basic{File: write(t, "bob:{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=\n"), Realm: "R"}
	if err := b.Load(); err != nil {
		t.Fatal(err)
	}
	code := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	for value, want := range map[string]bool{
		"":                           false,
		"Basic " + code("bob:test"):  true,
		"basic " + code("bob:test"):  true,
		"Basic " + code("bob:wrong"): false,
		"Basic " + code("eve:test"):  false,
		"Basic " + code("bob"):       false,
		"Basic !!!":                  false,
		"Bearer " + code("bob:test"): false,
	} {
		if got := b.Allow([]byte(value)); got != want {
			t.Errorf("Allow(%q) = %v, want %v", value, got, want)
		}
	}
	if got := b.Challenge(); got != `Basic realm="R"` {
		t.Errorf("challenge %s", got)
	}
}

func TestLoadNamesTheFile(t *testing.T) {
	for _, file := range []string{"/does/not/exist", write(t, "no colon here\n")} {
		err := (&Basic{File: file}).Load()
		if err == nil || !strings.Contains(err.Error(), file) {
			t.Errorf("Load(%s) = %v, want an error that names the file", file, err)
		}
	}
}

func TestNobodyIsLetInBeforeLoad(t *testing.T) {
	if (&Basic{}).Allow([]byte("Basic Ym9iOnRlc3Q=")) {
		t.Error("allowed without a file")
	}
}
