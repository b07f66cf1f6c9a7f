// Package cli holds the commands that talk to a running weir through its admin
// API.
package cli

import (
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
	return append(c.withAdmin(
		c.routes(), c.explain(), c.instances(), c.weight(), c.cutover(), c.policy(), c.override(),
		c.top(), c.events(), c.problems(), c.status(), c.peers(), c.audit(), c.versions(),
	), c.contextCommand(), token())
}

// RolloutCommands makes the commands for "weir rollout".
func RolloutCommands(getenv func(string) string) []*cobra.Command {
	c := &cli{getenv: getenv}
	return c.withAdmin(append(c.rolloutVerbs(),
		c.rolloutList(), c.rolloutGet(), c.rolloutStatus(), c.rolloutHistory(), c.rolloutAudit(), c.rolloutPlan())...)
}

// withAdmin adds --admin and --context to commands.
func (c *cli) withAdmin(commands ...*cobra.Command) []*cobra.Command {
	for _, command := range commands {
		command.PersistentFlags().StringVar(&c.admin, "admin", "",
			"URL of the running weir's admin API (default $WEIR_ADMIN, the current context or "+DefaultAdmin+"); $WEIR_TOKEN is the token that it asks for")
		command.PersistentFlags().StringVar(&c.context, "context", "", "context that says where that is and how to log in; see weir context")
		if err := command.RegisterFlagCompletionFunc("context", c.completeContextFlag); err != nil {
			panic(err) // the flag is made above
		}
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
	admin   string  // --admin
	context string  // --context
	at      *target // nil until it is known
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
