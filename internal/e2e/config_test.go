package e2e

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"weir/internal/testenv"
)

var update = flag.Bool("update", false, "rewrite the outputs in testdata")

// script is a command line of weir as a file of testdata gives it: the file
// args holds one argument a line, env one variable a line, and all others are
// there to be read.
type script struct {
	*txtar.Archive
	file string
}

// scripts calls each for every script of a folder of testdata, in parallel.
func scripts(t *testing.T, folder string, each func(*testing.T, *script)) {
	files, err := filepath.Glob(filepath.Join("testdata", folder, "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			each(t, &script{archive, file})
		})
	}
}

// data is the file of that name, nil where there is none.
func (s *script) data(name string) *[]byte {
	for i := range s.Files {
		if s.Files[i].Name == name {
			return &s.Files[i].Data
		}
	}
	return new([]byte)
}

func (s *script) lines(name string) []string {
	return strings.FieldsFunc(string(*s.data(name)), func(r rune) bool { return r == '\n' })
}

// command is the script's command in a folder with its files. What replace says
// is replaced in arguments, variables and files.
func (s *script) command(t *testing.T, replace ...string) *exec.Cmd {
	t.Helper()
	r := strings.NewReplacer(replace...)
	var env, args []string
	for _, v := range s.lines("env") {
		env = append(env, r.Replace(v))
	}
	for _, a := range s.lines("args") {
		args = append(args, r.Replace(a))
	}
	cmd := command(t, env, args...)
	for _, f := range s.Files {
		if err := os.WriteFile(filepath.Join(cmd.Dir, f.Name), []byte(r.Replace(string(f.Data))), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cmd
}

// TestConfigurationProblems compares what weir prints, and its exit code.
func TestConfigurationProblems(t *testing.T) {
	t.Parallel()
	scripts(t, "check", func(t *testing.T, s *script) {
		cmd := s.command(t)
		out, err := cmd.CombinedOutput()
		if _, exited := err.(*exec.ExitError); err != nil && !exited {
			t.Fatal(err)
		}
		got := fmt.Sprintf("%sexit code %d\n", out, cmd.ProcessState.ExitCode())
		if *update {
			*s.data("output") = []byte(got)
			if err := os.WriteFile(s.file, txtar.Format(s.Archive), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want := string(*s.data("output")); got != want {
			t.Errorf("weir %q printed\n%swant\n%s", cmd.Args[1:], got, want)
		}
	})
}

// TestFabioConfigurationsServe starts weir with what a fabio was started with
// and asks for the routes. Only the ports are of the test.
func TestFabioConfigurationsServe(t *testing.T) {
	t.Parallel()
	scripts(t, "fabio", func(t *testing.T, s *script) {
		plain, secure := testenv.HTTPBackend(t, "plain"), testenv.TLSBackend(t, "secure", "sni.test")
		w := launchCommand(t, s.command(t, "PLAIN", plain.Addr, "SECURE", secure.Addr))
		w.serves(2)
		w.reaches(0, "http://web.test/", "plain")
		w.reaches(1, "https://sni.test/", "secure")
	})
}

// TestFabiosOwnPropertiesAreGood: a file with every key of fabio at its default.
func TestFabiosOwnPropertiesAreGood(t *testing.T) {
	t.Parallel()
	file, err := filepath.Abs("../../config/testdata/fabio.properties")
	if err != nil {
		t.Fatal(err)
	}
	out, err := command(t, nil, "check", "-cfg", file).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "the configuration is good") {
		t.Errorf("%v\n%s", err, out)
	}
}
