package cli

import (
	"net/http"

	"github.com/spf13/cobra"

	"weir/admin"
)

func (c *cli) cutover() *cobra.Command {
	command := &cobra.Command{
		Use:               "cutover SERVICE|ROUTE VARIANT",
		Short:             "Give one variant everything, in one step",
		Long:              "Give one variant all new requests and connections and the others none, in one write. It prints the command that undoes it.",
		Example:           "  weir cutover web green --reason 'v2 passed'",
		Args:              usage(cobra.ExactArgs(2)),
		ValidArgsFunction: c.completeVariant,
	}
	in := admin.CutoverInput{}
	index := c.writeFlags(command, &in.By, &in.Reason)
	command.RunE = func(command *cobra.Command, args []string) error {
		in.Scope, in.Variant = scopeOf(args[0]).String(), args[1]
		return c.change(command, args[0], index, func(at *uint64) (string, string, any) {
			in.Index = at
			return http.MethodPost, "/api/v1/cutover", in
		})
	}
	return command
}
