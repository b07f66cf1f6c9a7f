package app

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"weir/config"
	"weir/internal/testenv"
)

// configured is an App with the configuration of a command line, on free ports
// and without Consul unless args say otherwise.
func configured(t *testing.T, args ...string) *App {
	t.Helper()
	args = append([]string{
		"-proxy.addr", "127.0.0.1:0;proto=http", "-ui.addr", "127.0.0.1:0",
		"-registry.backend", "static", "-store.path", filepath.Join(t.TempDir(), "weights.db"),
	}, args...)
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	config.AddFlags(flags)
	if err := flags.Parse(config.NormalizeArgs(args)); err != nil {
		t.Fatal(err)
	}
	conf, _, err := config.Load(t.Context(), config.Sources{Flags: flags})
	if err != nil {
		t.Fatal(err)
	}
	return &App{Config: conf, Version: "test", Log: slog.New(slog.DiscardHandler)}
}

// run runs a until the test ends and returns where it listens.
func run(t *testing.T, a *App) Addresses {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	started, ended := make(chan Addresses, 1), make(chan error, 1)
	a.Started = func(at Addresses) { started <- at }
	go func() { ended <- a.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run returned %v", err)
		}
	})
	select {
	case at := <-started:
		return at
	case err := <-ended:
		ended <- nil
		t.Fatalf("weir has ended: %v", err)
		return Addresses{}
	}
}

// ask asks for / of host and returns the body.
func ask(t *testing.T, addr, host string) string {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	body, err := testenv.Exchange(conn, bufio.NewReader(conn), host)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// TestTwoWeirsInOneProcess: they share nothing.
func TestTwoWeirsInOneProcess(t *testing.T) {
	for _, name := range []string{"one", "two"} {
		b := testenv.HTTPBackend(t, name)
		at := run(t, configured(t, "-registry.static.routes", fmt.Sprintf("route add web a.test/ http://%s/", b.Addr)))
		defer func() {
			if got := ask(t, at.Listeners[0].String(), "a.test"); got != name {
				t.Errorf("%s answers, want %s", got, name)
			}
		}()
	}
}

// TestWhatCannotBeOpenedIsNamed: the addresses of all listeners that are taken,
// that of the admin API, the store, and files.
func TestWhatCannotBeOpenedIsNamed(t *testing.T) {
	taken := testenv.HTTPBackend(t, "taken").Addr
	other, folder := testenv.HTTPBackend(t, "other").Addr, t.TempDir()
	for _, c := range []struct {
		args []string
		says []string
	}{
		{[]string{"-proxy.addr", taken + ";proto=http," + other + ";proto=tcp+sni"}, []string{
			"listener " + taken + " (http)", "listener " + other + " (tcp+sni)"}},
		{[]string{"-ui.addr", taken}, []string{"ui.addr: ", taken}},
		{[]string{"-store.path", folder}, []string{"store " + folder, "is a directory"}},
		{[]string{"-nomad.addr", "https://127.0.0.1:1", "-nomad.tls.cafile", folder}, []string{"nomad.tls.cafile: ", "is a directory"}},
	} {
		err := configured(t, c.args...).Run(t.Context())
		for _, text := range c.says {
			if err == nil || !strings.Contains(err.Error(), text) {
				t.Errorf("%q: error %v, want one with %s", c.args, err, text)
			}
		}
	}
}
