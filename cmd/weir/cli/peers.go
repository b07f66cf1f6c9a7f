package cli

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"weir/admin"
	"weir/cmd/weir/output"
)

func (c *cli) peers() *cobra.Command {
	command := &cobra.Command{
		Use: "peers", Short: "List the proxies of the fleet, and which of them leads the rollouts",
		Args: usage(cobra.NoArgs), ValidArgsFunction: cobra.NoFileCompletions,
	}
	format := output.Flag(command, "table")
	command.RunE = func(command *cobra.Command, _ []string) error {
		return read(c, command, "/api/v1/peers", format, func(list peerList) error {
			t := output.NewTable(command.OutOrStdout(), "PROXY", "ADMIN", "ANNOUNCED", "ROLE", "TABLE")
			for _, p := range list.Peers {
				t.Row(p.Name, p.Admin, announced(p), role(p), table(p))
			}
			return t.Flush()
		})
	}
	return command
}

// peerList is the answer of GET /api/v1/peers.
type peerList struct {
	Peers []admin.Peer `json:"peers"`
}

func (c *cli) getPeers(ctx context.Context) ([]admin.Peer, error) {
	var list peerList
	err := c.call(ctx, http.MethodGet, "/api/v1/peers", nil, &list)
	return list.Peers, err
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

// table is how the routing table of a proxy compares to the leader's.
func table(p admin.Peer) string {
	switch t := p.Table; {
	case t == nil:
		return cmp.Or(p.Silent, "unknown")
	case t.Differs:
		return "routes otherwise"
	case len(t.Behind) > 0:
		return "behind in " + strings.Join(t.Behind, ", ")
	case t.StaleSeconds >= 1:
		return "stale for " + time.Duration(t.StaleSeconds*float64(time.Second)).Round(time.Second).String()
	}
	return "the same"
}
