package cli

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/spf13/cobra"

	"weir/admin"
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
	case p.Index == 0:
		return "there is none"
	case p.Problem != "":
		return fmt.Sprintf("index %d, without effect: %s", p.Index, p.Problem)
	}
	return fmt.Sprintf("%s for %s, index %d", p.Strategy, subject(p), p.Index)
}

// subject is what a policy is for.
func subject(p admin.Policy) string {
	if p.Scope == "" {
		return "services that name it"
	}
	return p.Scope
}

func (c *cli) policyList() *cobra.Command {
	command := &cobra.Command{
		Use: "list", Short: "List all policies", Args: usage(cobra.NoArgs), ValidArgsFunction: cobra.NoFileCompletions,
	}
	format := output(command, "table", "json")
	command.RunE = func(command *cobra.Command, _ []string) error {
		list, err := c.getPolicies(command.Context())
		if err != nil {
			return err
		}
		if *format == "json" {
			return printJSON(command.OutOrStdout(), policyList{list})
		}
		t := newTable(command.OutOrStdout(), "POLICY", "FOR", "STRATEGY", "INDEX", "PROBLEM")
		for _, p := range list {
			t.row(p.Name, subject(p), p.Strategy, strconv.FormatUint(p.Index, 10), p.Problem)
		}
		return t.Flush()
	}
	return command
}

func (c *cli) policyGet() *cobra.Command {
	command := &cobra.Command{
		Use: "get POLICY", Short: "Print a policy as it was put, or with -o json with all its defaults",
		Example: "  weir policy get web > web.yaml",
		Args:    usage(cobra.ExactArgs(1)), ValidArgsFunction: c.completePolicies,
	}
	format := output(command, "text", "json")
	command.RunE = func(command *cobra.Command, args []string) error {
		var p admin.PolicyState
		if err := c.call(command.Context(), http.MethodGet, policyPath(args[0]), nil, &p); err != nil {
			return err
		}
		if *format == "json" {
			return printJSON(command.OutOrStdout(), p)
		}
		say(command, "%s", p.Text)
		return nil
	}
	return command
}
