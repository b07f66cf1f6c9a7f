package rolloutcli_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"go.uber.org/goleak"
	"golang.org/x/tools/txtar"

	"weir/cmd/weir/rolloutcli"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var update = flag.Bool("update", false, "rewrite the outputs in testdata")

// TestScripts runs the commands of each file in testdata, in order, in a folder
// of its other files, and compares what they print and how they end.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(err, "no files")
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			file, err := filepath.Abs(file)
			if err != nil {
				t.Fatal(err)
			}
			script, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := play(t, script)
			if *update {
				if err := os.WriteFile(file, txtar.Format(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			for i, want := range script.Files {
				if !bytes.Equal(got.Files[i].Data, want.Data) {
					t.Errorf("%s, got:\n%swant:\n%s", want.Name, got.Files[i].Data, want.Data)
				}
			}
		})
	}
}

// play writes the files and runs the commands, whose names begin with a dollar.
func play(t *testing.T, script *txtar.Archive) *txtar.Archive {
	got := &txtar.Archive{Comment: script.Comment}
	t.Chdir(t.TempDir())
	for _, f := range script.Files {
		command, isCommand := strings.CutPrefix(f.Name, "$ ")
		if !isCommand {
			if err := os.WriteFile(f.Name, f.Data, 0o644); err != nil {
				t.Fatal(err)
			}
			got.Files = append(got.Files, f)
			continue
		}
		got.Files = append(got.Files, txtar.File{Name: f.Name, Data: []byte(run(t, command))})
	}
	return got
}

// run returns what a command printed, and its exit code unless that is 0.
func run(t *testing.T, line string) string {
	t.Helper()
	var out bytes.Buffer
	c := rolloutcli.Command(recordings{})
	c.SetArgs(strings.Fields(line))
	c.SetOut(&out)
	c.SetErr(&out)
	c.SilenceUsage = true
	if err := c.ExecuteContext(t.Context()); err != nil {
		fmt.Fprintf(&out, "(exit %d)\n", rolloutcli.ExitCode(err))
	}
	return out.String()
}

// recordings are those of the files in the folder, by service.
type recordings struct{}

func (recordings) Flags(*cobra.Command) {}

func (recordings) Get(_ context.Context, name string) ([]byte, error) {
	return os.ReadFile(name + ".jsonl")
}
