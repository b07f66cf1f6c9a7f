package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// complete is what a shell does at the tab key: the last word is begun.
const complete = `
_get_comp_words_by_ref() { words=("${COMP_WORDS[@]}"); cword=$COMP_CWORD; cur=${words[cword]}; prev=${words[cword-1]}; }
compopt() { :; } # works in a shell that somebody types in only
source "$1"
shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_TYPE=9
__start_weir
printf '%s\n' "${COMPREPLY[@]}"
`

// TestCompletionInBash runs the script of weir completion bash as bash does, on a
// weir with one route and a file with two contexts.
func TestCompletionInBash(t *testing.T) {
	folder, env := built(t)
	script := filepath.Join(folder, "completion")
	for words, want := range map[string]string{
		"weir wei":               "weight",
		"weir weight set ":       "web web.test/",
		"weir weight set web ":   "canary= stable=",
		"weir cutover web ca":    "canary",
		"weir routes -o ":        "json table text yaml",
		"weir context use ":      "lab production",
		"weir top --context pro": "production",
		"weir rollout get ":      "web",
		"weir rollout pause ":    "web",
		"weir rollout retry ":    "",
	} {
		list := append([]string{"--norc", "-c", complete, "bash", script}, strings.Split(words, " ")...)
		command := exec.Command("bash", list...)
		command.Env = env
		text, err := command.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v: %s", words, err, text)
		}
		var got []string
		for line := range strings.Lines(string(text)) {
			word, _, _ := strings.Cut(strings.TrimSpace(line), " ") // of a description
			if word != "" && !strings.HasPrefix(word, "-") {
				got = append(got, word)
			}
		}
		slices.Sort(got)
		if strings.Join(got, " ") != want {
			t.Errorf("%s<tab>: got %q, want %s", words, got, want)
		}
	}
}

// TestCompletionScriptsAreGoodInEachShell that is there.
func TestCompletionScriptsAreGoodInEachShell(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish"} {
		t.Run(shell, func(t *testing.T) {
			var script strings.Builder
			root := command()
			root.SetOut(&script)
			root.SetArgs([]string{"completion", shell})
			if err := root.Execute(); err != nil || !strings.Contains(script.String(), "weir") {
				t.Fatal(err, script.String())
			}
			path, err := exec.LookPath(shell)
			if err != nil {
				t.Skipf("%s is not installed: its script of %d bytes was made and not tried", shell, script.Len())
			}
			file := filepath.Join(t.TempDir(), "weir")
			if err := os.WriteFile(file, []byte(script.String()), 0o600); err != nil {
				t.Fatal(err)
			}
			if text, err := exec.Command(path, "-n", file).CombinedOutput(); err != nil || len(text) > 0 {
				t.Fatalf("%v: %s", err, text)
			}
			t.Logf("%s finds no fault in %d bytes", path, script.Len())
		})
	}
}

// built returns a folder with weir and its script for bash, and the environment of
// a shell in which weir is a command.
func built(t *testing.T) (folder string, env []string) {
	t.Helper()
	folder = t.TempDir()
	weir := filepath.Join(folder, "weir")
	if text, err := exec.Command("go", "build", "-o", weir, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	server := httptest.NewServer(http.HandlerFunc(answer))
	t.Cleanup(server.Close)
	env = []string{"PATH=" + folder + ":" + os.Getenv("PATH"), "WEIR_ADMIN=" + server.URL, "XDG_CONFIG_HOME=" + filepath.Join(folder, "config"), "LC_ALL=C.UTF-8"}
	run := func(args ...string) []byte {
		command := exec.Command(weir, args...)
		command.Env = env
		text, err := command.Output()
		if err != nil {
			t.Fatalf("%q: %v", args, err)
		}
		return text
	}
	if err := os.WriteFile(filepath.Join(folder, "completion"), run("completion", "bash"), 0o600); err != nil {
		t.Fatal(err)
	}
	run("context", "set", "lab", "--address", server.URL)
	run("context", "set", "production", "--address", server.URL)
	return folder, env
}

// answer is a weir with a service of two variants under a rollout.
func answer(w http.ResponseWriter, r *http.Request) {
	text, known := map[string]string{
		"/api/v1/routes":              `{"routes":[{"key":"web.test/","host":"web.test","path":"/","services":["web"],"variants":[]}]}`,
		"/api/v1/weights/service/web": `{"routes":[{"key":"web.test/","variants":[{"name":"stable"},{"name":"canary"}]}]}`,
		"/api/v1/rollouts":            `{"rollouts":[{"scope":"service/web","phase":"progressing","next":["pause"]}]}`,
	}[r.URL.Path]
	if !known {
		http.NotFound(w, r)
		return
	}
	_, _ = w.Write([]byte(text))
}
