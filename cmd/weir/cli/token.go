package cli

import (
	"github.com/spf13/cobra"

	"weir/admin/auth"
)

// token makes "weir token", which talks to nobody.
func token() *cobra.Command {
	return &cobra.Command{
		Use: "token NAME", Short: "Make a token for the admin API, and the lines for ui.auth.file",
		Long: "Make a token for the admin API. It is shown once: ui.auth.file holds its hash only. The commands take it from WEIR_TOKEN.",
		Args: usage(cobra.ExactArgs(1)), SilenceUsage: true,
		RunE: func(command *cobra.Command, args []string) error {
			text := auth.NewToken()
			say(command, "token: %s\n\nFor tokens: in ui.auth.file:\n  - name: %q\n    sha256: %s\n    role: operator\n", text, args[0], auth.Hash(text))
			return nil
		},
	}
}
