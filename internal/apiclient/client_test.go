//go:build browser

package apiclient

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"weir/internal/testenv"
)

// within bounds what another process may take on a busy machine.
const within = 60 * time.Second

const routes = `
route add web web.test/ http://127.0.0.1:1/ opts "variant=stable"
route add web web.test/ http://127.0.0.1:2/ weight 0.1 opts "variant=canary"
`

// start runs weir without a registry and returns the URL of its admin.
func start(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), testenv.SharedWeir(t), "-store.path", filepath.Join(dir, "store"),
		"-registry.backend", "static", "-registry.static.routes", routes, "-proxy.addr", "127.0.0.1:0;proto=http", "-ui.addr", "127.0.0.1:0")
	cmd.Dir = dir
	p := testenv.StartProcess(t, cmd)
	url := ""
	testenv.Eventually(t, within, func() error {
		m := regexp.MustCompile(`admin=(\S+)`).FindStringSubmatch(p.Output())
		if m == nil {
			return fmt.Errorf("the log does not tell of the admin:\n%s", p.Output())
		}
		url = "http://" + m[1]
		return nil
	})
	return url
}

// TestAGeneratedClient is made, compiled and run.
func TestAGeneratedClient(t *testing.T) {
	url, dir := start(t), t.TempDir()
	save(t, url+"/api/v1/openapi.json", filepath.Join(dir, "openapi.json"))
	for _, name := range []string{"use.ts", "tsconfig.json"} {
		text, err := os.ReadFile(filepath.Join("testdata", name))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), text, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	run(t, dir, npm(t, "openapi-ts"), "-i", "openapi.json", "-o", "api", "-c", "@hey-api/client-fetch", "--no-log-file")
	run(t, dir, npm(t, "tsc"), "-p", ".")
	run(t, dir, "node", "out/use.js", url)
}

// npm is a program that a package of ui brings.
func npm(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs("../../ui/node_modules/.bin/" + name)
	if err == nil {
		_, err = os.Stat(path)
	}
	if err != nil {
		t.Fatalf("%v: run npm ci in ui", err)
	}
	return path
}

// run runs a program in a folder, which must succeed.
func run(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*within)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "NO_COLOR=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", filepath.Base(name), args, err, out)
	}
	t.Logf("%s", out)
}

// save writes what a URL answers to a file.
func save(t *testing.T, url, file string) {
	t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: within}
	resp, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", url, resp.Status)
	}
	if err == nil {
		err = os.WriteFile(file, text, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}
