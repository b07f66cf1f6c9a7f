package cli

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"weir/admin"
	"weir/cmd/weir/output"
)

func (c *cli) instances() *cobra.Command {
	command := &cobra.Command{
		Use:   "instances [FILTER]",
		Short: "List what the registry says runs, and the routes that it has",
		Long: "List what the registry says runs, and the routes and variant that it has. FILTER is a part of a service's name, an ID, a node,\n" +
			"an address, an allocation or a tag.",
		Example: "  weir instances\n  weir instances --service web\n  weir instances 10.0.0.7",
		Args:    usage(cobra.MaximumNArgs(1)), ValidArgsFunction: c.completeServices,
	}
	service := command.Flags().String("service", "", "only instances of this service")
	if err := command.RegisterFlagCompletionFunc("service", c.completeServiceFlag); err != nil {
		panic(err) // the flag is made above
	}
	format := output.Flag(command, "table")
	command.RunE = func(command *cobra.Command, args []string) error {
		asked := url.Values{"q": {strings.Join(args, "")}, "service": {*service}}
		return read(c, command, "/api/v1/instances?"+asked.Encode(), format, func(list admin.InstanceList) error {
			if !list.Fresh {
				command.PrintErrln("Not all sources can be read now; weir status tells which.")
			}
			return printInstances(command, list.Instances)
		})
	}
	return command
}

func printInstances(command *cobra.Command, list []admin.Instance) error {
	t := output.NewTable(command.OutOrStdout(), "SERVICE", "INSTANCE", "NODE", "ADDRESS", "UP", "ROUTE", "VARIANT", "VERSION", "SHARE")
	for _, i := range list {
		cells := []string{i.Service, i.ID, i.Node, i.Addr, yes(i.Up)}
		for _, r := range i.Routes {
			t.Row(append(cells, r.Key, r.Variant, r.Version, percent(r.Share))...)
			cells = make([]string, len(cells)) // the instance is named once
		}
		if len(i.Routes) == 0 {
			t.Row(cells...)
		}
	}
	return t.Flush()
}

func yes(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}

func (c *cli) explain() *cobra.Command {
	command := &cobra.Command{
		Use:   "explain URL",
		Short: "Tell where a request would go, and why",
		Long:  "Tell which route, variant and target a request gets, and why. Nothing is sent to the target and nothing is counted.",
		Example: "  weir explain http://web.example.com/login\n" +
			"  weir explain web.example.com/login --client 192.0.2.7 --header 'Cookie: session=1'",
		Args: usage(cobra.ExactArgs(1)), ValidArgsFunction: c.completeHosts,
	}
	method := command.Flags().String("method", "GET", "method of the request")
	client := command.Flags().String("client", "", "address of the client")
	headers := command.Flags().StringArray("header", nil, "header field of the request, such as 'Cookie: a=b'; once for each")
	format := output.Flag(command, "table")
	command.RunE = func(command *cobra.Command, args []string) error {
		asked, err := imagine(args[0])
		if err != nil {
			return err
		}
		asked.Set("method", *method)
		asked.Set("client", *client)
		asked["header"] = *headers
		return read(c, command, "/api/v1/routes:explain?"+asked.Encode(), format, func(e admin.Explanation) error {
			printExplanation(command, e)
			return nil
		})
	}
	return command
}

// imagine reads a URL whose scheme may be missing.
func imagine(text string) (url.Values, error) {
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%q is not a URL such as http://web.example.com/login", text)
	}
	asked := url.Values{"host": {u.Host}, "path": {u.RequestURI()}}
	if u.Scheme == "https" {
		asked.Set("tls", "true")
	}
	return asked, nil
}

func printExplanation(command *cobra.Command, e admin.Explanation) {
	if e.Route != nil {
		say(command, "Route:    %s\n", e.Route.Key)
	}
	if e.Variant != "" {
		say(command, "Variant:  %s (%s of such requests)\n", e.Variant, percent(e.Chance))
	}
	if e.Target != nil {
		say(command, "Target:   %s %s\n", e.Target.Service, e.URL)
	}
	for _, why := range e.Why {
		say(command, "- %s\n", why)
	}
}
