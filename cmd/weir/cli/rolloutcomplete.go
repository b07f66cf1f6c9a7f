package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"weir/route"
)

// completeRollouts offers the services and routes under a policy, with a verb
// those where it has an effect now.
func (c *cli) completeRollouts(verb string) cobra.CompletionFunc {
	return func(command *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		list, err := c.getRollouts(command.Context())
		if len(args) > 0 || err != nil {
			return nil, noFiles
		}
		var names []cobra.Completion
		for _, r := range list {
			able := func(next string) bool { return next == verb || strings.HasPrefix(next, verb+" ") }
			s, err := route.ParseScope(r.Scope)
			if err == nil && (verb == "" || verb == "restore" && r.Problem != "" || slices.ContainsFunc(r.Next, able)) {
				names = append(names, cobra.CompletionWithDesc(s.Name, mark(r.Phase)+" "+r.Phase))
			}
		}
		return names, noFiles
	}
}

// completeFlag offers values for a flag of a command whose first argument is a
// rollout.
func (c *cli) completeFlag(command *cobra.Command, flag string, values func(context.Context, route.Scope) []cobra.Completion) {
	err := command.RegisterFlagCompletionFunc(flag, func(command *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) == 0 {
			return nil, noFiles
		}
		return values(command.Context(), scopeOf(args[0])), noFiles
	})
	if err != nil {
		panic(err) // the flag is made before
	}
}

// steps are the numbers of a rollout's steps.
func (c *cli) steps(ctx context.Context, s route.Scope) (numbers []cobra.Completion) {
	r, err := c.getRollout(ctx, s)
	if err != nil {
		return nil
	}
	for _, step := range r.Plan {
		numbers = append(numbers, cobra.CompletionWithDesc(fmt.Sprint(step.Number), step.Does))
	}
	return numbers
}

// revisions are those that undo goes back to.
func (c *cli) revisions(ctx context.Context, s route.Scope) (numbers []cobra.Completion) {
	r, err := c.getRollout(ctx, s)
	if err != nil {
		return nil
	}
	for _, v := range r.Before {
		numbers = append(numbers, cobra.CompletionWithDesc(fmt.Sprint(v.Revision), v.Key))
	}
	return numbers
}

// completePolicies offers the names of the policies.
func (c *cli) completePolicies(command *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	list, err := c.getPolicies(command.Context())
	if len(args) > 0 || err != nil {
		return nil, noFiles
	}
	var names []cobra.Completion
	for _, p := range list {
		names = append(names, cobra.CompletionWithDesc(p.Name, describePolicy(p)))
	}
	return names, noFiles
}
