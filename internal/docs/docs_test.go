package docs

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"weir/internal/testenv"
)

const root = "../.."

// TestEveryExampleRuns runs all console blocks with a weir built from this tree.
func TestEveryExampleRuns(t *testing.T) {
	path := testenv.Path(t, filepath.Dir(testenv.BuildWeir(t)), consulFolder(t))
	testenv.DemoPorts(t)
	pages := []string{root + "/README.md"}
	for _, pattern := range []string{"/docs/*.md", "/docs/*/*.md"} {
		files, err := filepath.Glob(root + pattern)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, files...)
	}
	for _, file := range pages {
		name, err := filepath.Rel(root, file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) { runDocument(t, file, path) })
	}
}

// consulFolder holds a program named consul.
func consulFolder(t *testing.T) string {
	binary, err := testenv.ConsulBinary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(binary, filepath.Join(dir, "consul")); err != nil {
		t.Fatal(err)
	}
	return dir
}

func runDocument(t *testing.T, file, path string) {
	doc, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, shell := range []string{"```sh", "```bash", "```shell"} {
		if bytes.Contains(doc, []byte(shell)) {
			t.Errorf("%s has a %s block, which nobody runs: write it as ```console", file, shell)
		}
	}
	steps, err := Steps(bytes.NewReader(doc))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, step := range steps {
		if step.Start {
			start(t, dir, path, step)
			continue
		}
		out, err := output(t.Context(), dir, path, step.Command)
		got := strings.Split(strings.TrimRight(string(out), "\n"), "\n")
		if len(out) == 0 {
			got = nil
		}
		if !Matches(step.Want, got) {
			t.Fatalf("%s:%d: %s\nprinted (%v)\n%s\nthe document says\n%s", file, step.Line, step.Command, err, out, strings.Join(step.Want, "\n"))
		}
	}
}

// output is what a command prints within a minute.
func output(ctx context.Context, dir, path, line string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	cmd := command(ctx, dir, path, line)
	cmd.WaitDelay = time.Second // what it has started may go on
	return cmd.CombinedOutput()
}

func command(ctx context.Context, dir, path, line string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "sh", "-c", line)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+path, "HOME="+dir, "XDG_CONFIG_HOME=")
	return cmd
}

// start runs a server until the test ends and waits until its admin page is up.
func start(t *testing.T, dir, path string, step Step) {
	cmd := command(context.Background(), dir, path, "exec "+step.Command)
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		cmd.Wait()
		if t.Failed() {
			t.Logf("%s printed\n%s", step.Command, log.String())
		}
	})
	testenv.Eventually(t, 20*time.Second, func() error {
		return command(t.Context(), dir, path, "curl -sf http://127.0.0.1:9998/health").Run()
	})
}
