package app

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"weir/config"
	"weir/internal/testenv"
)

// reloading is an App whose configuration is a file, and which is told by hangup.
type reloading struct {
	*App
	file   string
	hangup chan os.Signal
	log    testenv.Output
}

// fromFile is an App with the configuration of text.
func fromFile(t *testing.T, text string) *reloading {
	t.Helper()
	r := &reloading{file: filepath.Join(t.TempDir(), "weir.properties"), hangup: make(chan os.Signal)}
	r.write(t, text)
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	config.AddFlags(flags)
	if err := flags.Parse([]string{"--cfg", r.file, "--ui.addr", "127.0.0.1:0", "--store.path", filepath.Join(t.TempDir(), "weights.db"),
		"--registry.backend", "static", "--proxy.shutdownwait", "1s"}); err != nil {
		t.Fatal(err)
	}
	conf, _, err := config.Load(t.Context(), config.Sources{Flags: flags})
	if err != nil {
		t.Fatal(err)
	}
	r.App = &App{Config: conf, Version: "test", Log: slog.New(slog.NewTextHandler(&r.log, nil)), Reload: r.hangup,
		Reread: func(ctx context.Context, old *config.Config) (*config.Config, config.Changes, []config.Problem, error) {
			return config.Reload(ctx, config.Sources{Flags: flags}, old)
		}}
	return r
}

func (r *reloading) write(t *testing.T, text string) {
	t.Helper()
	if err := os.WriteFile(r.file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// reload changes the file and waits for a line of the log.
func (r *reloading) reload(t *testing.T, text, want string) {
	t.Helper()
	r.write(t, text)
	r.hangup <- syscall.SIGHUP
	testenv.Holds(t, 20*time.Second, want+" in the log", func() bool { return strings.Contains(r.log.String(), want) })
}

// free are n addresses where nobody listens.
func free(n int) (addrs []string) {
	for range n {
		addrs = append(addrs, fmt.Sprintf("127.0.0.1:%d", testenv.FreePort()))
	}
	return addrs
}

// TestReload opens a listener, changes one and closes one, while a client of the
// one that stays goes on.
func TestReload(t *testing.T) {
	backend := testenv.HTTPBackend(t, "web")
	at := free(3)
	routes := "registry.static.routes = route add web web.test/ http://" + backend.Addr + "/\n"
	r := fromFile(t, "proxy.addr = "+at[0]+","+at[1]+"\n"+routes)
	addrs := run(t, r.App)
	stays, err := net.Dial("tcp", at[0])
	if err != nil {
		t.Fatal(err)
	}
	defer stays.Close()
	answers := bufio.NewReader(stays)
	asks := func() {
		t.Helper()
		if got, err := testenv.Exchange(stays, answers, "web.test"); err != nil || got != "web" {
			t.Fatalf("the connection that was open answers %q, %v", got, err)
		}
	}
	asks()
	r.reload(t, "proxy.addr = "+at[0]+","+at[2]+"\nproxy.noroutestatus = 421\nregistry.timeout = 7s\n"+routes, "registry.timeout")
	asks()
	if got := ask(t, at[2], "web.test"); got != "web" {
		t.Errorf("the new listener answers %q", got)
	}
	if got := statusOf(t, at[0], "none.test"); got != "421" {
		t.Errorf("the listener that was changed answers %s, want 421", got)
	}
	testenv.Eventually(t, 20*time.Second, func() error { return refused(at[1]) })
	settings, err := read(t, "http://"+addrs.Admin.String()+"/api/v1/config")
	if err != nil || !strings.Contains(settings, at[2]) || strings.Contains(settings, at[1]) || strings.Contains(settings, `"7s"`) {
		t.Errorf("%v, the configuration that is shown is not that in use: %s", err, settings)
	}
}

// TestABadReloadChangesNothing tries one with a misspelt key, one whose address
// is taken, and one that names a file which is not there.
func TestABadReloadChangesNothing(t *testing.T) {
	backend := testenv.HTTPBackend(t, "web")
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	at := free(2)
	good := "registry.static.routes = route add web web.test/ http://" + backend.Addr + "/\n"
	r := fromFile(t, "proxy.addr = "+at[0]+"\n"+good)
	addrs := run(t, r.App)
	for bad, want := range map[string]string{
		"proxy.adr = " + at[1] + "\n":                                                 "did you mean proxy.addr",
		"proxy.addr = " + at[1] + "," + taken.Addr().String() + "\n":                  "address already in use",
		"proxy.addr = " + at[1] + "\nproxy.auth = name=a;type=basic;file=/nowhere1\n": "/nowhere1",
		"proxy.addr = " + at[1] + ";cs=c\nproxy.cs = cs=c;type=file;cert=/nowhere2\n": "/nowhere2",
	} {
		r.reload(t, bad+good, want)
		if got := ask(t, at[0], "web.test"); got != "web" {
			t.Errorf("after %q: %q", bad, got)
		}
		if refused(at[1]) != nil {
			t.Errorf("after %q: %s is open", bad, at[1])
		}
		problems, err := read(t, "http://"+addrs.Admin.String()+"/api/v1/problems")
		if err != nil || !strings.Contains(problems, want) {
			t.Errorf("after %q: %v, problems are %s", bad, err, problems)
		}
	}
	if got := scrape(t, addrs); !strings.Contains(got, "weir_config_reload_success 0\n") {
		t.Error("the metric does not say that the last reload failed")
	}
	r.reload(t, "proxy.addr = "+at[0]+","+at[1]+"\n"+good, "was read again")
	if got := ask(t, at[1], "web.test"); got != "web" {
		t.Errorf("a good one after bad ones: %q", got)
	}
}

func refused(addr string) error {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil
	}
	conn.Close()
	return os.ErrExist
}

// statusOf is that of the answer to a request for / of host.
func statusOf(t *testing.T, addr, host string) string {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(line)[1]
}
