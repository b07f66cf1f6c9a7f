package cli

import (
	"cmp"
	"encoding/json"
	"net/url"
	"strconv"

	"github.com/spf13/cobra"

	"weir/admin"
	"weir/cmd/weir/output"
)

// changeList is the answer of GET /api/v1/audit.
type changeList struct {
	Changes  []admin.Change  `json:"changes"`
	Problems []admin.Problem `json:"problems"`
}

func (c *cli) audit() *cobra.Command {
	command := &cobra.Command{
		Use:   "audit",
		Short: "List who changed what and why, and what rollouts did by themselves, newest first",
		Long: "List who changed what and why, and what rollouts did by themselves, newest first. With -o json also what was before and after.\n" +
			"A SCOPE is service/NAME, route/KEY, policy/NAME or override/PATH.",
		Example: "  weir audit\n  weir audit --scope service/web --limit 5\n  weir audit --by alice",
		Args:    usage(cobra.NoArgs), ValidArgsFunction: cobra.NoFileCompletions,
	}
	scope := command.Flags().String("scope", "", "only changes of this SCOPE")
	by := command.Flags().String("by", "", "only changes of this author")
	limit := command.Flags().Int("limit", 100, "how many at most, 1 to 1000")
	format := output.Flag(command, "table")
	command.RunE = func(command *cobra.Command, _ []string) error {
		asked := url.Values{"scope": {*scope}, "by": {*by}, "limit": {strconv.Itoa(*limit)}}
		return read(c, command, "/api/v1/audit?"+asked.Encode(), format, func(list changeList) error {
			t := output.NewTable(command.OutOrStdout(), "AT", "BY", "ACTION", "SCOPE", "WHAT")
			for _, change := range list.Changes {
				t.Row(stamp(change.At), change.By, change.Action, change.Scope, whatChanged(change))
			}
			return closeWith(command.ErrOrStderr(), t, list.Problems)
		})
	}
	return command
}

// whatChanged is "canary=5% (v2 looks good)", or what a rollout did.
func whatChanged(change admin.Change) string {
	text := cmp.Or(describeChanges(change.Changes), sharesAfter(change))
	switch {
	case change.Reason == "":
		return text
	case text == "":
		return change.Reason
	}
	return text + " (" + change.Reason + ")"
}

// sharesAfter are the weights that a change asked for; empty: it was another one.
func sharesAfter(change admin.Change) string {
	var after admin.Weights
	text, err := json.Marshal(change.After)
	if err != nil || json.Unmarshal(text, &after) != nil {
		return ""
	}
	return shares(after.Shares)
}
