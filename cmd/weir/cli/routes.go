package cli

import (
	"net/http"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"weir/admin"
	"weir/cmd/weir/output"
)

func (c *cli) routes() *cobra.Command {
	command := &cobra.Command{
		Use:   "routes [FILTER]",
		Short: "List routes with their variants and shares",
		Long: "List the routes of the running weir with their variants, what each is to get and gets, and why.\n" +
			"FILTER is a part of a route's host or path, of a service's name, or of a target's address, instance, version or tag. The output text is in the route command language.",
		Example:           "  weir routes\n  weir routes app.example.com\n  weir routes -o text > routes.txt",
		Args:              usage(cobra.MaximumNArgs(1)),
		ValidArgsFunction: c.completeNames,
	}
	format := output.Flag(command, "table", "text")
	command.RunE = func(command *cobra.Command, args []string) error {
		filter := strings.Join(args, "")
		if format.Is("text") {
			return c.routeText(command, strings.ToLower(filter))
		}
		return read(c, command, "/api/v1/routes"+query("q", filter), format, func(list admin.RouteList) error {
			return printRoutes(command, list.Routes)
		})
	}
	return command
}

func printRoutes(command *cobra.Command, routes []admin.Route) error {
	t := output.NewTable(command.OutOrStdout(), "ROUTE", "SERVICE", "VARIANT", "ASKED", "SHARE", "UP", "WHY")
	for _, r := range routes {
		for _, v := range r.Variants {
			t.Row(r.Key, strings.Join(servicesOf(v), ","), v.Name, v.Asked.String(), percent(v.Share.Share), upOf(v.Share), v.Why)
		}
	}
	return t.Flush()
}

func servicesOf(v admin.Variant) (names []string) {
	for _, t := range v.Targets {
		names = append(names, t.Service)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// routeText prints the lines of the route command language that hold filter.
func (c *cli) routeText(command *cobra.Command, filter string) error {
	text, err := c.send(command.Context(), http.MethodGet, "/api/routes?raw", nil)
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(text)) {
		if strings.Contains(strings.ToLower(line), filter) {
			say(command, "%s", line)
		}
	}
	return nil
}
