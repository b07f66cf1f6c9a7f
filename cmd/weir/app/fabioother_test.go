package app

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"weir/config"
	"weir/internal/testenv"
)

// fabioOther loads fabio's keys at values that are not their defaults, but for
// those that weir refuses, with the files that they name in a folder.
func fabioOther(t *testing.T, folder string) *config.Config {
	t.Helper()
	text, err := os.ReadFile("../../../config/testdata/fabio-other.properties")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	file := filepath.Join(folder, "fabio.properties")
	for {
		if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
			t.Fatal(err)
		}
		flags := pflag.NewFlagSet("weir", pflag.ContinueOnError)
		config.AddFlags(flags)
		if err := flags.Parse([]string{"--cfg=" + file, "--proxy.addr=127.0.0.1:9980,127.0.0.1:9981;cs=files"}); err != nil {
			t.Fatal(err)
		}
		conf, _, err := config.Load(t.Context(), config.Sources{Flags: flags, Environ: []string{"DIR=" + folder}})
		if err == nil {
			return conf
		}
		before := len(lines)
		if lines = accepted(t, lines, err); len(lines) == before {
			t.Fatal(err)
		}
	}
}

// accepted are the lines without the keys that an error names.
func accepted(t *testing.T, lines []string, err error) (list []string) {
	t.Helper()
	var bad *config.Error
	if !errors.As(err, &bad) {
		t.Fatal(err)
	}
	refused := map[string]bool{}
	for _, p := range bad.Problems {
		refused[p.Key] = true
	}
	for _, line := range lines {
		if key, _, _ := strings.Cut(line, " "); !refused[key] {
			list = append(list, line)
		}
	}
	return list
}

// TestCheckReadsWhatFabiosKeysName: with all files it is good, and without one the
// check names that.
func TestCheckReadsWhatFabiosKeysName(t *testing.T) {
	folder := t.TempDir()
	cert := testenv.NewCert(t, "a.test")
	files := map[string]string{
		"cert.pem": string(cert.PEM), "key.pem": string(cert.Key), "htpasswd": "ops:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n",
		"routes": "route add web web.test/ http://127.0.0.1:1/\n", "noroute.html": "nothing here",
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	conf := fabioOther(t, folder)
	if err := Check(conf); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "routes"), []byte("route wait\nroute add web web.test/ http://127.0.0.1:1/"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Check(conf); err == nil || !strings.Contains(err.Error(), `routes:1: "route wait"`) {
		t.Errorf("with a line that says nothing the check says %v", err)
	}
	for name := range files {
		path := filepath.Join(folder, name)
		if err := os.Rename(path, path+".away"); err != nil {
			t.Fatal(err)
		}
		if err := Check(conf); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("without %s the check says %v", name, err)
		}
		if err := os.Rename(path+".away", path); err != nil {
			t.Fatal(err)
		}
	}
}
