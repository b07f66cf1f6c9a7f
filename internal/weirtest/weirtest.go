// Package weirtest runs a whole weir in the process of a test.
package weirtest

import (
	"context"
	"log/slog"
	"testing"

	"github.com/spf13/pflag"

	"weir/cmd/weir/app"
	"weir/config"
)

// Load is the configuration of a command line, which has to be without warnings.
func Load(t testing.TB, args ...string) *config.Config {
	t.Helper()
	flags := pflag.NewFlagSet("weir", pflag.ContinueOnError)
	config.AddFlags(flags)
	if err := flags.Parse(config.NormalizeArgs(args)); err != nil {
		t.Fatal(err)
	}
	conf, warnings, err := config.Load(t.Context(), config.Sources{Flags: flags})
	if err != nil || len(warnings) > 0 {
		t.Fatalf("configuration: %v, warnings %v", err, warnings)
	}
	return conf
}

// Start runs a weir with a command line until the test ends, and returns where it
// listens.
func Start(t testing.TB, args ...string) app.Addresses {
	t.Helper()
	started, ended := make(chan app.Addresses, 1), make(chan error, 1)
	a := &app.App{Config: Load(t, args...), Version: "test", Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
		Started: func(open app.Addresses) { started <- open }}
	ctx, stop := context.WithCancel(context.Background())
	go func() { ended <- a.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("weir ended: %v", err)
		}
	})
	select {
	case open := <-started:
		return open
	case err := <-ended:
		ended <- nil
		t.Fatalf("weir did not start: %v", err)
	}
	panic("unreachable")
}
