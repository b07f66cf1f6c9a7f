package cli

import (
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"weir/admin"
)

func (c *cli) peers() *cobra.Command {
	command := &cobra.Command{
		Use: "peers", Short: "List the proxies of the fleet, and which of them leads the rollouts",
		Args: usage(cobra.NoArgs), ValidArgsFunction: cobra.NoFileCompletions,
	}
	format := output(command, "table", "json")
	command.RunE = func(command *cobra.Command, _ []string) error {
		var list struct {
			Peers []admin.Peer `json:"peers"`
		}
		if err := c.call(command.Context(), http.MethodGet, "/api/v1/peers", nil, &list); err != nil {
			return err
		}
		if *format == "json" {
			return printJSON(command.OutOrStdout(), list)
		}
		t := newTable(command.OutOrStdout(), "PROXY", "ADMIN", "ANNOUNCED", "ROLE")
		for _, p := range list.Peers {
			t.row(p.Name, p.Admin, announced(p), role(p))
		}
		return t.Flush()
	}
	return command
}

func announced(p admin.Peer) string {
	switch {
	case !p.Announced:
		return "no"
	case p.Since.IsZero():
		return "yes"
	}
	return ago(time.Since(p.Since))
}

// role is what a proxy is in the fleet.
func role(p admin.Peer) string {
	text := "follows"
	switch {
	case p.Leads:
		text = "leads"
	case !p.Announced && !p.Self:
		text = "gone or cut off"
	}
	if p.Self {
		text += " (this one)"
	}
	return text
}
