// Command weir is an edge proxy that shifts traffic between the versions of a
// service.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"

	"weir/cmd/weir/app"
	"weir/cmd/weir/cli"
	"weir/cmd/weir/demo"
	"weir/cmd/weir/rolloutcli"
	"weir/config"
)

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go obey(signals, cancel)
	if err := command().ExecuteContext(ctx); err != nil {
		os.Exit(max(cli.ExitCode(err), rolloutcli.ExitCode(err)))
	}
}

// obey drains at the first signal and ends the process at the second. It ends
// with the process.
func obey(signals <-chan os.Signal, drain func()) {
	<-signals
	drain()
	fmt.Fprintf(os.Stderr, "%s again: exit at once\n", <-signals)
	os.Exit(1)
}

func command() *cobra.Command {
	root := &cobra.Command{
		Use:   "weir [flags]",
		Short: "An edge proxy that shifts traffic between the versions of a service",
		Long: `weir reads what runs where from Consul, builds a weighted route table, and serves
HTTP, HTTPS, TCP and TCP+SNI listeners from it. Without a command it starts the
proxy; fabio's flags, environment and property files work unchanged.`,
		Version:       version(),
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: false,
		RunE: func(cmd *cobra.Command, _ []string) error {
			conf, err := load(cmd)
			if err != nil {
				return err
			}
			return serve(cmd, conf)
		},
	}
	config.AddFlags(root.Flags())
	rollout := rolloutcli.Command(cli.NewRecordings(os.Getenv))
	rollout.Short = "Show, steer, judge and simulate rollouts"
	rollout.AddCommand(cli.RolloutCommands(os.Getenv)...)
	root.AddCommand(check(), configCommand(), demo.Command(version()), rollout)
	root.AddCommand(cli.Commands(os.Getenv, version())...)
	root.SetArgs(config.NormalizeArgs(os.Args[1:], "check", "config"))
	return root
}

// serve runs the proxy. SIGHUP makes it read its configuration again.
func serve(cmd *cobra.Command, conf *config.Config) error {
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	defer signal.Stop(hangups)
	level := &slog.LevelVar{}
	level.Set(conf.Log.Level)
	return (&app.App{
		Config: conf, Version: version(), Level: level,
		Log:    slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level})), // as fabio does
		Reload: hangups,
		Reread: func(ctx context.Context, old *config.Config) (*config.Config, config.Changes, []config.Problem, error) {
			return config.Reload(ctx, sources(cmd), old)
		},
	}).Run(cmd.Context())
}

// check is "weir check -cfg FILE": is this a configuration that would start?
func check() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check [flags]",
		Short: "Check a configuration without starting",
		Long:  "Reads flags, environment and file as the server would, and lists everything that is wrong at once.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			conf, err := load(cmd)
			if err != nil {
				return err
			}
			if err := app.Check(conf); err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), "the configuration is good")
			return nil
		},
	}
	config.AddFlags(cmd.Flags())
	return cmd
}

// load reads the configuration and prints the warnings.
func load(cmd *cobra.Command) (*config.Config, error) {
	conf, warnings, err := config.Load(cmd.Context(), sources(cmd))
	for _, w := range warnings {
		fmt.Fprintln(cmd.ErrOrStderr(), "warning:", w)
	}
	return conf, err
}

// sources are where the configuration is read from.
func sources(cmd *cobra.Command) config.Sources {
	return config.Sources{Flags: cmd.Flags(), Environ: cli.WithoutOwn(os.Environ())}
}

// version is what the build says of itself.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "unknown"
	}
	return info.Main.Version
}
