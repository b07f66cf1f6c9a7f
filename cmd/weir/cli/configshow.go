package cli

import (
	"cmp"

	"github.com/spf13/cobra"

	"weir/admin"
	"weir/cmd/weir/output"
)

// settingList is the answer of GET /api/v1/config.
type settingList struct {
	Settings []admin.Setting `json:"settings"`
}

// ConfigShow makes "weir config show". getenv reads the environment.
func ConfigShow(getenv func(string) string) *cobra.Command {
	c := &cli{getenv: getenv}
	command := &cobra.Command{
		Use:   "show",
		Short: "Show the configuration of the running weir, and where each value is from",
		Long: "Show the configuration that the running weir was started with, and where each value is from. Secrets are [redacted].\n" +
			"Without --all, only what is not the default.",
		Example: "  weir config show\n  weir config show --all -o json",
		Args:    usage(cobra.NoArgs), ValidArgsFunction: cobra.NoFileCompletions,
	}
	all := command.Flags().Bool("all", false, "also what is the default; -o json and yaml have that always")
	format := output.Flag(command, "table")
	command.RunE = func(command *cobra.Command, _ []string) error {
		return read(c, command, "/api/v1/config", format, func(list settingList) error {
			t := output.NewTable(command.OutOrStdout(), "KEY", "VALUE", "FROM")
			for _, s := range list.Settings {
				if *all || s.From != "" {
					t.Row(s.Key, s.Value, cmp.Or(s.From, "default"))
				}
			}
			return t.Flush()
		})
	}
	return c.withAdmin(command)[0]
}
