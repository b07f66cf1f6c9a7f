package cli

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/tools/txtar"

	"weir/admin"
	"weir/admin/journal"
	"weir/intent"
	"weir/internal/testenv"
	"weir/metrics/arms"
	"weir/registry"
	"weir/registry/inproc"
	"weir/registry/static"
	"weir/rollout/controller"
	"weir/rollout/verdict"
	"weir/route"
	"weir/store/embedded"
)

var update = flag.Bool("update", false, "rewrite the outputs in testdata")

// TestScripts runs the commands of each file in testdata, in order, against a
// weir with the routes that the file begins with, and compares what they print
// and how they end. What may stand between the commands says world.play.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(err, "no files")
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			script := txtar.Parse(b)
			w := serve(t, string(script.Files[0].Data))
			got := &txtar.Archive{Comment: script.Comment, Files: script.Files[:1:1]}
			for _, f := range script.Files[1:] {
				if !w.play(t, f) {
					f.Data = []byte(w.run(t, f.Name))
				}
				got.Files = append(got.Files, f)
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

// world is a running weir: a publisher, a store, rollouts and an admin.
type world struct {
	url      string
	source   *inproc.Source // of instances, besides the routes
	live     *route.Live
	rollouts *controller.Controller
	counters *counters
	store    *testenv.Outage
	policies string // folder of policy files
	home     string // XDG_CONFIG_HOME of the commands
	env      map[string]string
	stdin    []byte // of the next command
}

// serve runs a weir with commands on loopback until the test ends.
func serve(t *testing.T, commands string) *world {
	t.Helper()
	entries, err := embedded.Open(filepath.Join(t.TempDir(), "store"))
	if err != nil {
		t.Fatal(err)
	}
	changes, err := embedded.Open(filepath.Join(t.TempDir(), "changes"))
	if err != nil {
		t.Fatal(err)
	}
	live, intents, log := &route.Live{}, intent.In(entries), slog.New(slog.DiscardHandler)
	w := &world{policies: t.TempDir(), source: inproc.New(), live: live, counters: &counters{of: map[string]*verdict.Counter{}}, store: testenv.NewOutage(entries)}
	w.rollouts = controller.New(controller.Config{Store: w.store, Name: proxyName, Counters: w.counters, Every: 5 * time.Millisecond, Log: log, PolicyFiles: []string{w.policies}})
	publisher := registry.NewPublisher(registry.Config{
		Sources: []registry.Source{static.Source{Routes: commands}, w.source}, Intents: intents, Rollouts: w.rollouts, Live: live, Log: log,
	})
	w.rollouts.Publisher = publisher
	a := &admin.Admin{
		Live: live, Publisher: publisher, Intents: intents, Rollouts: w.rollouts, Metrics: http.NotFoundHandler(), Version: "1.2.3", Log: log,
		Overrides: &texts{}, Journal: &journal.Journal{Store: changes, Log: log},
		Settings: func() []admin.Setting {
			return []admin.Setting{{Key: "ui.access", Value: "rw", Default: "rw"}, {Key: "ui.addr", Value: ":1", Default: "127.0.0.1:9998", From: "flag"}}
		},
		Entrances: func() []admin.Entrance { return []admin.Entrance{{Addr: "10.0.0.7:443", Proto: "https"}} },
		Copies: func(s route.Scope) (arms.Copies, bool) {
			return arms.Copies{Sent: 210, Dropped: 4, Failed: 2, Answers: [6]uint64{2: 207, 5: 1}, Half: 3 * time.Millisecond, Most: 20 * time.Millisecond}, s.Name == "copied"
		},
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { _ = publisher.Run(ctx) })
	wg.Go(func() { _ = w.rollouts.Run(ctx) })
	wg.Go(func() {
		if err := a.Run(ctx, ln); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { cancel(); wg.Wait(); entries.Close(); changes.Close() })
	<-publisher.Ready()
	w.url = "http://" + ln.Addr().String()
	w.home = t.TempDir()
	w.env = map[string]string{"WEIR_ADMIN": w.url, "USER": "alice", "XDG_CONFIG_HOME": w.home}
	return w
}

// command makes the root command with its output.
func (w *world) command(line string, out io.Writer) *cobra.Command {
	root := &cobra.Command{Use: "weir", SilenceErrors: true}
	getenv := func(name string) string { return w.env[name] }
	rollout := &cobra.Command{Use: "rollout"}
	rollout.AddCommand(RolloutCommands(getenv)...)
	config := &cobra.Command{Use: "config"}
	config.AddCommand(ConfigShow(getenv))
	root.AddCommand(append(Commands(getenv, "1.2.4"), rollout, config)...)
	root.SetIn(bytes.NewReader(w.stdin))
	w.stdin = nil
	root.SetOut(out)
	root.SetErr(out)
	root.SetArgs(words(strings.NewReplacer("URL", w.url, "HOME", w.home).Replace(strings.TrimPrefix(line, "weir "))))
	return root
}

// run runs a line and returns its output, with what changes from run to run
// blotted out, and its error.
func (w *world) run(t *testing.T, line string) string {
	t.Helper()
	var out bytes.Buffer
	if line == "cat config" {
		return w.configText(t)
	}
	if err := w.command(line, &out).ExecuteContext(t.Context()); err != nil {
		fmt.Fprintf(&out, "error: %v\n", err)
		if code := ExitCode(err); code != 1 {
			fmt.Fprintf(&out, "exit code %d\n", code)
		}
	}
	text := strings.ReplaceAll(out.String(), w.url, "URL")
	text = strings.ReplaceAll(text, w.home, "HOME")
	if strings.Contains(text, w.policies) { // whose length says how wide a column is
		text = regexp.MustCompile(` {2,}`).ReplaceAllString(strings.ReplaceAll(text, w.policies, "DIR"), "  ")
	}
	for _, blot := range [][2]string{
		{`"\d{4}-\d\d-\d\dT[^"]*"`, `"TIME"`},
		{`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`, `TIME`},
		{`(?m)^\d\d:\d\d:\d\d`, `TIME`},
		{`\b[A-Z2-7]{26}\b`, `ID`},
		{`(first_seen|at|published): "?\d{4}-\d\d-\d\dT[^\s"]*"?`, `$1: TIME`},
		{`(?m)( seconds:) [0-9.e-]+`, "$1 0"},
		{`client: 127\S+`, `client: CLIENT`},
		{`(?m)^((?:policy )?app-too\b.* )\d+\b`, `${1}INDEX`},
		{`(aborted +\w+ +\d+ +)\d+s +`, "${1}TOOK  "},
		{`Acks: (1/1|1/2, missing: edge-2)`, "Acks: ACKS"}, // edge-2 is announced by the test, and goes
		{`\btable \d+ of\b`, "table N of"},
		{`(?m)^generation: \d+`, "generation: N"},
		{`built just now in \S+`, "built just now in TIME"},
		{`(?m)^table \d+(.*, 4 targets)`, "table N$1"}, // how many there were depends on the time
		{`--for \d\S+`, "--for TIME"},
		{`(Step: .*, for) \S+`, "$1 TIME"},
		{`("(?:age|build|step|total|left|took)_seconds":) [0-9.e-]+`, "$1 0"},
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
