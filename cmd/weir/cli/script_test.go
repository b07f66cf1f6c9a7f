package cli

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/spf13/cobra"
	"golang.org/x/tools/txtar"

	"weir/admin"
	"weir/intent"
	"weir/registry"
	"weir/registry/static"
	"weir/route"
	"weir/store/embedded"
)

var update = flag.Bool("update", false, "rewrite the outputs in testdata")

// TestScripts runs the commands of each file in testdata, in order, against a
// weir with the routes that the file begins with, and compares what they print
// and how they end.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(err, "no files")
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			script := txtar.Parse(b)
			url := serve(t, string(script.Files[0].Data))
			got := &txtar.Archive{Comment: script.Comment, Files: script.Files[:1]}
			for _, f := range script.Files[1:] {
				got.Files = append(got.Files, txtar.File{Name: f.Name, Data: []byte(run(t, url, f.Name))})
			}
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

// serve runs a publisher of commands, a store and an admin on loopback and
// returns its URL.
func serve(t *testing.T, commands string) string {
	t.Helper()
	entries, err := embedded.Open(filepath.Join(t.TempDir(), "store"))
	if err != nil {
		t.Fatal(err)
	}
	live, intents, log := &route.Live{}, intent.In(entries), slog.New(slog.DiscardHandler)
	publisher := registry.NewPublisher(registry.Config{
		Sources: []registry.Source{static.Source{Routes: commands}}, Intents: intents, Live: live, Log: log,
	})
	a := &admin.Admin{
		Live: live, Publisher: publisher, Intents: intents, Metrics: http.NotFoundHandler(), Version: "1.2.3", Log: log,
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { _ = publisher.Run(ctx) })
	wg.Go(func() {
		if err := a.Run(ctx, ln); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { cancel(); wg.Wait(); entries.Close() })
	<-publisher.Ready()
	return "http://" + ln.Addr().String()
}

// run runs a line and returns its output, with what changes from run to run
// blotted out, and its error.
func run(t *testing.T, url, line string) string {
	t.Helper()
	var out bytes.Buffer
	root := &cobra.Command{Use: "weir", SilenceErrors: true}
	env := map[string]string{"WEIR_ADMIN": url, "USER": "alice"}
	root.AddCommand(Commands(func(name string) string { return env[name] }, "1.2.4")...)
	root.SetOut(&out)
	root.SetErr(&out)
	root.SetArgs(words(strings.TrimPrefix(line, "weir ")))
	if err := root.ExecuteContext(t.Context()); err != nil {
		fmt.Fprintf(&out, "error: %v\n", err)
	}
	text := strings.ReplaceAll(out.String(), url, "URL")
	for _, blot := range [][2]string{
		{`"\d{4}-\d\d-\d\dT[^"]*"`, `"TIME"`},
		{`built just now in \S+`, "built just now in TIME"},
		{`--for \S+`, "--for TIME"},
		{`("(?:age|build)_seconds":) [0-9.e-]+`, "$1 0"},
	} {
		text = regexp.MustCompile(blot[0]).ReplaceAllString(text, blot[1])
	}
	return text
}

// words splits a line at blanks outside of single quotes.
func words(line string) (list []string) {
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			list = append(list, part)
		} else {
			list = append(list, strings.Fields(part)...)
		}
	}
	return list
}
