package cli

import (
	"net/http"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"weir/admin"
)

func (c *cli) routes() *cobra.Command {
	command := &cobra.Command{
		Use:   "routes [FILTER]",
		Short: "List routes with their variants and shares",
		Long: "List the routes of the running weir with their variants, what each is to get and gets, and why.\n" +
			"FILTER is a part of a route's key or of a service's name. The output text is in the route command language.",
		Example:           "  weir routes\n  weir routes app.example.com\n  weir routes -o text > routes.txt",
		Args:              usage(cobra.MaximumNArgs(1)),
		ValidArgsFunction: c.completeNames,
	}
	format := output(command, "table", "json", "text")
	command.RunE = func(command *cobra.Command, args []string) error {
		filter := strings.ToLower(strings.Join(args, ""))
		if *format == "text" {
			return c.routeText(command, filter)
		}
		list, err := c.getRoutes(command.Context())
		if err != nil {
			return err
		}
		list.Routes = slices.DeleteFunc(list.Routes, func(r admin.Route) bool { return !matches(r, filter) })
		if *format == "json" {
			return printJSON(command.OutOrStdout(), list)
		}
		return printRoutes(command, list.Routes)
	}
	return command
}

func matches(r admin.Route, filter string) bool {
	return strings.Contains(strings.ToLower(r.Key), filter) ||
		slices.ContainsFunc(r.Services, func(s string) bool { return strings.Contains(strings.ToLower(s), filter) })
}

func printRoutes(command *cobra.Command, routes []admin.Route) error {
	t := newTable(command.OutOrStdout(), "ROUTE", "SERVICE", "VARIANT", "ASKED", "SHARE", "UP", "WHY")
	for _, r := range routes {
		for _, v := range r.Variants {
			t.row(r.Key, strings.Join(servicesOf(v), ","), v.Name, v.Asked.String(), percent(v.Share.Share), upOf(v.Share), v.Why)
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
