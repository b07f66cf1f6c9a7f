package cli

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/spf13/cobra"

	"weir/admin"
	"weir/cmd/weir/output"
)

func (c *cli) policy() *cobra.Command {
	command := &cobra.Command{
		Use: "policy", Short: "Show and change the policies by which rollouts go",
		Args: cobra.NoArgs, RunE: func(command *cobra.Command, _ []string) error { return command.Help() },
	}
	command.AddCommand(c.policyList(), c.policyGet(), c.policyPut(), c.policyDelete(), c.policyLint())
	for _, sub := range command.Commands() {
		sub.SilenceUsage = true
	}
	return command
}

// policyList is the answer of GET /api/v1/policies.
type policyList struct {
	Policies []admin.Policy `json:"policies"`
}

func (c *cli) getPolicies(ctx context.Context) ([]admin.Policy, error) {
	var list policyList
	err := c.call(ctx, http.MethodGet, "/api/v1/policies", nil, &list)
	return list.Policies, err
}

func policyPath(name string) string { return "/api/v1/policies/" + url.PathEscape(name) }

// describePolicy is a policy in a few words.
func describePolicy(p admin.Policy) string {
	switch {
	case p.Index == 0 && p.File == "":
		return "there is none"
	case p.Problem != "":
		return fmt.Sprintf("%s, without effect: %s", place(p), p.Problem)
	}
	return fmt.Sprintf("%s for %s, %s", p.Strategy, subject(p), place(p))
}

// subject is what a policy is for.
func subject(p admin.Policy) string {
	if p.Scope == "" {
		return "services that name it"
	}
	return p.Scope
}

// place is where a policy is.
func place(p admin.Policy) string {
	if p.File != "" {
		return "file " + p.File
	}
	return fmt.Sprintf("index %d", p.Index)
}

func (c *cli) policyList() *cobra.Command {
	command := &cobra.Command{
		Use: "list", Short: "List all policies", Args: usage(cobra.NoArgs), ValidArgsFunction: cobra.NoFileCompletions,
	}
	format := output.Flag(command, "table")
	command.RunE = func(command *cobra.Command, _ []string) error {
		return read(c, command, "/api/v1/policies", format, func(list policyList) error { return printPolicies(command, list.Policies) })
	}
	return command
}

func printPolicies(command *cobra.Command, list []admin.Policy) error {
	t := output.NewTable(command.OutOrStdout(), "POLICY", "FOR", "STRATEGY", "FROM", "INDEX", "PROBLEM")
	for _, p := range list {
		index, from := strconv.FormatUint(p.Index, 10), "store"
		if p.File != "" {
			index, from = "", p.File
		}
		t.Row(p.Name, subject(p), p.Strategy, from, index, cmp.Or(p.Problem, p.Stale))
	}
	return t.Flush()
}

func (c *cli) policyGet() *cobra.Command {
	command := &cobra.Command{
		Use: "get POLICY", Short: "Print a policy as it was put or is in its file, or with -o json with all its defaults",
		Example: "  weir policy get web > web.yaml",
		Args:    usage(cobra.ExactArgs(1)), ValidArgsFunction: c.completePolicies,
	}
	format := output.Flag(command, "text")
	command.RunE = func(command *cobra.Command, args []string) error {
		return read(c, command, policyPath(args[0]), format, func(p admin.PolicyState) error {
			if p.File != "" {
				command.PrintErrf("%s comes from the file %s of this weir\n", p.Name, p.File)
			}
			if why := cmp.Or(p.Problem, p.Stale); why != "" {
				command.PrintErrf("Note: %s\n", why)
			}
			say(command, "%s", p.Text)
			return nil
		})
	}
	return command
}
