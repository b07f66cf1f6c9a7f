package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"weir/cmd/weir/contexts"
)

func (c *cli) contextSet() *cobra.Command {
	command := &cobra.Command{
		Use:   "set NAME --address URL",
		Short: "Add a context, or change what is named of one",
		Long: "Add a context, or change what is named of one. An empty value takes away what there was. --token - reads the token from the\n" +
			"standard input. The first context becomes the current one.",
		Example: "  weir context set production --address https://weir.example.com:9998 --token-file ~/.weir-token\n" +
			"  weir context set lab --address http://127.0.0.1:9998",
		Args: usage(cobra.ExactArgs(1)), ValidArgsFunction: c.completeContexts,
	}
	var given contexts.Context
	for _, f := range given.Fields() {
		command.Flags().StringVar(f.At, f.Name, "", f.Help)
	}
	command.RunE = func(command *cobra.Command, args []string) error {
		file, err := c.contexts()
		if err != nil {
			return err
		}
		k := file.Contexts[args[0]]
		if err := merge(command, &k, &given); err != nil {
			return err
		}
		if err := file.Set(args[0], k); err != nil {
			return err
		}
		if len(file.Contexts) == 1 && file.Current == "" {
			file.Current = args[0]
		}
		if err := file.Write(); err != nil {
			return err
		}
		say(command, "Context %s is %s.\n", args[0], k.Base())
		if file.Current == args[0] {
			say(command, "It is the current one.\n")
		}
		return nil
	}
	return command
}

// merge takes over the fields whose flags were given. A token that is given in
// one way replaces that of the other.
func merge(command *cobra.Command, k, given *contexts.Context) (err error) {
	changed := command.Flags().Changed
	if given.Token, err = readToken(command, given.Token); err != nil {
		return err
	}
	if given.Address != "" {
		given.Address = withScheme(given.Address)
	}
	if changed("token") != changed("token-file") {
		k.Token, k.TokenFile = "", ""
	}
	to := k.Fields()
	for i, f := range given.Fields() {
		if !changed(f.Name) {
			continue
		}
		if *to[i].At = *f.At; strings.HasSuffix(f.Name, "-file") {
			if *to[i].At, err = absolute(*f.At); err != nil {
				return err
			}
		}
	}
	return nil
}

// completeContextFlag offers the names of the contexts for --context.
func (c *cli) completeContextFlag(command *cobra.Command, _ []string, part string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return c.completeContexts(command, nil, part)
}

// completeContexts offers the names of the contexts.
func (c *cli) completeContexts(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	file, err := c.contexts()
	if len(args) > 0 || err != nil {
		return nil, noFiles
	}
	var names []cobra.Completion
	for _, name := range file.Names() {
		k := file.Contexts[name]
		names = append(names, cobra.CompletionWithDesc(name, k.Base()))
	}
	return names, noFiles
}
