package cli

import (
	"slices"

	"github.com/spf13/cobra"
)

const noFiles = cobra.ShellCompDirectiveNoFileComp

// completeNames offers the services and routes of the running weir.
func (c *cli) completeNames(command *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, noFiles
	}
	list, err := c.getRoutes(command.Context())
	if err != nil {
		return nil, noFiles
	}
	var names []string
	for _, r := range list.Routes {
		names = append(append(names, r.Key), r.Services...)
	}
	slices.Sort(names)
	return slices.Compact(names), noFiles
}

// completeHosts offers the keys of the routes that have a host.
func (c *cli) completeHosts(command *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	list, err := c.getRoutes(command.Context())
	if len(args) > 0 || err != nil {
		return nil, noFiles
	}
	var keys []string
	for _, r := range list.Routes {
		if r.Host != "" && r.Path != "" {
			keys = append(keys, r.Key)
		}
	}
	return keys, noFiles
}

// completeServices offers the services of the routes.
func (c *cli) completeServices(command *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	list, err := c.getRoutes(command.Context())
	if len(args) > 0 || err != nil {
		return nil, noFiles
	}
	var names []string
	for _, r := range list.Routes {
		names = append(names, r.Services...)
	}
	slices.Sort(names)
	return slices.Compact(names), noFiles
}

// completeServiceFlag offers them for --service.
func (c *cli) completeServiceFlag(command *cobra.Command, _ []string, part string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return c.completeServices(command, nil, part)
}

// completeVariant offers names, then the variants of that name.
func (c *cli) completeVariant(command *cobra.Command, args []string, part string) ([]cobra.Completion, cobra.ShellCompDirective) {
	switch len(args) {
	case 0:
		return c.completeNames(command, args, part)
	case 1:
		return c.variants(command, args[0]), noFiles
	}
	return nil, noFiles
}

// completeShares offers names, then the variants of that name with "=".
func (c *cli) completeShares(command *cobra.Command, args []string, part string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return c.completeNames(command, args, part)
	}
	var words []string
	for _, variant := range c.variants(command, args[0]) {
		words = append(words, variant+"=")
	}
	return words, noFiles | cobra.ShellCompDirectiveNoSpace
}

func (c *cli) variants(command *cobra.Command, name string) (names []string) {
	state, err := c.getWeights(command.Context(), scopeOf(name))
	if err != nil {
		return nil
	}
	for _, r := range state.Routes {
		for _, v := range r.Variants {
			names = append(names, v.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
