package main

import (
	"os"

	"github.com/spf13/cobra"

	"weir/admin"
	"weir/cmd/weir/cli"
	"weir/cmd/weir/output"
	"weir/config"
)

// configCommand is "weir config".
func configCommand() *cobra.Command {
	command := &cobra.Command{
		Use: "config", Short: "Print the configuration of a weir that would start, or of the running one",
		Args: cobra.NoArgs, RunE: func(command *cobra.Command, _ []string) error { return command.Help() },
	}
	command.AddCommand(configPrint(), cli.ConfigShow(os.Getenv))
	return command
}

// configPrint is "weir config print -cfg FILE": with what would weir start?
func configPrint() *cobra.Command {
	command := &cobra.Command{
		Use:   "print [flags]",
		Short: "Print the configuration that a start with these flags would have",
		Long: "Reads flags, environment and file as the server would, and prints every key with the value that counts, as a file in YAML that\n" +
			"weir reads back. Secrets are left out. It starts nothing, and does not look at what the values name; weir check does.",
		Example: "  weir config print -cfg fabio.properties > weir.yaml\n  weir config print --origin -proxy.addr :80",
		Args:    cobra.NoArgs,
	}
	origin := command.Flags().Bool("origin", false, "say at each line where the value is from: flag, env NAME, a place in a file, default (-o table, json and yaml always do)")
	format := output.Flag(command, "file", "table")
	command.RunE = func(command *cobra.Command, _ []string) error {
		conf, err := load(command)
		if err != nil {
			return err
		}
		out := command.OutOrStdout()
		settings := make([]admin.Setting, len(conf.Settings))
		for i, s := range conf.Settings {
			settings[i] = admin.Setting(s)
		}
		return format.Print(out, map[string][]admin.Setting{"settings": settings}, func() error {
			if format.Is("file") {
				return config.Print(out, conf.Settings, *origin)
			}
			t := output.NewTable(out, "KEY", "VALUE", "FROM")
			for _, s := range conf.Settings {
				t.Row(s.Key, s.Value, s.Origin())
			}
			return t.Flush()
		})
	}
	config.AddFlags(command.Flags())
	return command
}
