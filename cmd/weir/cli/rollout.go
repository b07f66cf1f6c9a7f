package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"weir/admin"
	"weir/cmd/weir/output"
)

// rolloutList is the answer of GET /api/v1/rollouts.
type rolloutList struct {
	Rollouts []admin.RolloutSummary `json:"rollouts"`
}

func (c *cli) rolloutList() *cobra.Command {
	command := &cobra.Command{
		Use: "list", Short: "List services and routes under a policy, and where their rollouts are",
		Args: usage(cobra.NoArgs), ValidArgsFunction: cobra.NoFileCompletions,
	}
	format := output.Flag(command, "table")
	command.RunE = func(command *cobra.Command, _ []string) error {
		return read(c, command, "/api/v1/rollouts", format, func(list rolloutList) error {
			t := output.NewTable(command.OutOrStdout(), "FOR", "PHASE", "STABLE", "CANDIDATE", "STEP", "WEIGHT", "REVISION", "POLICY", "WHY")
			for _, r := range list.Rollouts {
				t.Row(r.Scope, mark(r.Phase)+" "+r.Phase, keyOf(r.Stable), keyOf(r.Candidate), stepOf(r), r.Weight.String(), fmt.Sprint(r.Revision), r.Policy, r.Why)
			}
			return t.Flush()
		})
	}
	return command
}

func (c *cli) rolloutHistory() *cobra.Command {
	command := &cobra.Command{
		Use: "history SERVICE|ROUTE", Short: "List rollouts that are over, the newest first",
		Args: usage(cobra.ExactArgs(1)), ValidArgsFunction: c.completeRollouts(""),
	}
	format := output.Flag(command, "table")
	command.RunE = func(command *cobra.Command, args []string) error {
		return read(c, command, rolloutPath(scopeOf(args[0]))+"/history", format, func(list rolloutRecords) error {
			t := output.NewTable(command.OutOrStdout(), "REVISION", "STABLE", "CANDIDATE", "OUTCOME", "REASON", "STEP", "TOOK", "BY", "ENDED", "MESSAGE")
			for _, r := range list.Rollouts {
				t.Row(fmt.Sprint(r.Revision), r.Stable, r.Candidate, r.Outcome, r.Reason, fmt.Sprint(r.Step), short(seconds(r.TookSeconds)), r.By, stamp(r.At), r.Message)
			}
			return closeWith(command.ErrOrStderr(), t, list.Problems)
		})
	}
	return command
}

// rolloutRecords is the answer of GET /api/v1/rollouts/KIND/NAME/history.
type rolloutRecords struct {
	Rollouts []admin.RolloutRecord `json:"rollouts"`
	Problems []admin.Problem       `json:"problems"`
}

func (c *cli) rolloutAudit() *cobra.Command {
	command := &cobra.Command{
		Use: "audit SERVICE|ROUTE", Short: "List who changed what and why, oldest first",
		Args: usage(cobra.ExactArgs(1)), ValidArgsFunction: c.completeRollouts(""),
	}
	format := output.Flag(command, "table")
	command.RunE = func(command *cobra.Command, args []string) error {
		return read(c, command, rolloutPath(scopeOf(args[0]))+"/audit", format, func(list rolloutEntries) error {
			t := output.NewTable(command.OutOrStdout(), "SERIAL", "AT", "BY", "COMMAND", "CHANGES")
			for _, e := range list.Entries {
				t.Row(fmt.Sprint(e.Serial), stamp(e.At), e.By, e.Command, describeChanges(e.Changes))
			}
			return closeWith(command.ErrOrStderr(), t, list.Problems)
		})
	}
	return command
}

// rolloutEntries is the answer of GET /api/v1/rollouts/KIND/NAME/audit.
type rolloutEntries struct {
	Entries  []admin.AuditEntry `json:"entries"`
	Problems []admin.Problem    `json:"problems"`
}

// closeWith prints a table, and what is wrong with documents that should be in
// it.
func closeWith(out io.Writer, t output.Table, problems []admin.Problem) error {
	err := t.Flush()
	for _, p := range problems {
		fmt.Fprintln(out, output.Clean(fmt.Sprintf("%s cannot be read: %s", p.Text, p.Reason), ""))
	}
	return err
}

func describeChanges(list []admin.AuditChange) string {
	words := make([]string, len(list))
	for i, change := range list {
		words[i] = describeChange(change)
	}
	return strings.Join(words, "; ")
}

// describeChange is "stage healthy → preview (detected): v2 came".
func describeChange(c admin.AuditChange) string {
	text := c.Kind
	switch {
	case c.From != "" && c.To != "" && c.From != c.To:
		text += " " + c.From + " → " + c.To
	case c.To != "":
		text += " " + c.To
	case c.From != "":
		text += " " + c.From + " ends"
	}
	if c.Reason != "" {
		text += " (" + c.Reason + ")"
	}
	if c.Message != "" {
		text += ": " + c.Message
	}
	return text
}
