// Package cli holds the commands that talk to a running weir through its admin
// API.
package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"weir/route"
)

// DefaultAdmin is where weir serves its admin API unless it is told otherwise.
const DefaultAdmin = "http://127.0.0.1:9998"

// Commands makes the commands for the root command. getenv reads the
// environment; version is that of this binary.
func Commands(getenv func(string) string, version string) []*cobra.Command {
	c := &cli{getenv: getenv, version: version}
	return append(c.withAdmin(c.routes(), c.weight(), c.cutover(), c.policy(), c.problems(), c.status(), c.peers(), c.versions()), token())
}

// RolloutCommands makes the commands for "weir rollout".
func RolloutCommands(getenv func(string) string) []*cobra.Command {
	c := &cli{getenv: getenv}
	return c.withAdmin(append(c.rolloutVerbs(),
		c.rolloutList(), c.rolloutGet(), c.rolloutStatus(), c.rolloutHistory(), c.rolloutAudit(), c.rolloutPlan())...)
}

// withAdmin adds --admin to commands.
func (c *cli) withAdmin(commands ...*cobra.Command) []*cobra.Command {
	for _, command := range commands {
		command.PersistentFlags().StringVar(&c.admin, "admin", "",
			"URL of the running weir's admin API (default $WEIR_ADMIN or "+DefaultAdmin+"); $WEIR_TOKEN is the token that it asks for")
		command.SilenceUsage = true
	}
	return commands
}

// WithoutOwn leaves the variables that only these commands read out of an
// environment, given as "NAME=value", that is to be read for configuration.
func WithoutOwn(environ []string) []string {
	return slices.DeleteFunc(slices.Clone(environ), func(v string) bool {
		return strings.HasPrefix(v, "WEIR_ADMIN=") || strings.HasPrefix(v, "WEIR_TOKEN=")
	})
}

// cli is what the commands share.
type cli struct {
	getenv  func(string) string
	version string
	admin   string // --admin
}

// base is the admin URL to use, without a slash at its end.
func (c *cli) base() string {
	url := cmp.Or(c.admin, c.getenv("WEIR_ADMIN"), DefaultAdmin)
	if !strings.Contains(url, "://") {
		url = "http://" + url
	}
	return strings.TrimRight(url, "/")
}

// scopeOf tells what a name on the command line is: a route's key holds a slash
// or begins with a colon, a service's name does not.
func scopeOf(name string) route.Scope {
	if strings.Contains(name, "/") || strings.HasPrefix(name, ":") {
		return route.Scope{Kind: "route", Name: name}
	}
	return route.Scope{Kind: "service", Name: name}
}

// usage adds the line of usage to the error of a wrong number of arguments.
func usage(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(command *cobra.Command, args []string) error {
		if err := check(command, args); err != nil {
			return fmt.Errorf("%w\nUsage: %s", err, command.UseLine())
		}
		return nil
	}
}

// output adds -o to a command and returns its value, which Args has checked.
func output(command *cobra.Command, formats ...string) *string {
	format := command.Flags().StringP("output", "o", formats[0], "one of "+strings.Join(formats, ", "))
	command.PreRunE = func(*cobra.Command, []string) error {
		if !slices.Contains(formats, *format) {
			return fmt.Errorf("--output is %q, which is none of %s", *format, strings.Join(formats, ", "))
		}
		return nil
	}
	complete := cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp)
	if err := command.RegisterFlagCompletionFunc("output", complete); err != nil {
		panic(err) // the flag is made above
	}
	return format
}
