package cli

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"weir/admin"
	"weir/cmd/weir/output"
)

func (c *cli) weight() *cobra.Command {
	command := &cobra.Command{Use: "weight", Short: "Show and change the weights of variants"}
	command.AddCommand(c.weightGet(), c.weightSet(), c.weightClear())
	for _, sub := range command.Commands() {
		sub.SilenceUsage = true
	}
	return command
}

func (c *cli) weightGet() *cobra.Command {
	command := &cobra.Command{
		Use:   "get [SERVICE|ROUTE]",
		Short: "Show what is asked and what variants get",
		Long: "Without a name, list all weights that are asked for. With one, show what is asked for it and what its routes make of it.\n" +
			"A name that holds a slash or begins with a colon is a route, else a service.",
		Example:           "  weir weight get\n  weir weight get web\n  weir weight get app.example.com/",
		Args:              usage(cobra.MaximumNArgs(1)),
		ValidArgsFunction: c.completeNames,
	}
	format := output.Flag(command, "table")
	command.RunE = func(command *cobra.Command, args []string) error {
		if len(args) == 0 {
			return read(c, command, "/api/v1/weights", format, func(list weightList) error { return printWeights(command, list.Weights) })
		}
		return read(c, command, weightsPath(scopeOf(args[0])), format, func(s admin.WeightsState) error { return printState(command, s) })
	}
	return command
}

// weightList is the answer of GET /api/v1/weights.
type weightList struct {
	Weights []admin.Weights `json:"weights"`
}

func printWeights(command *cobra.Command, list []admin.Weights) error {
	now := time.Now()
	t := output.NewTable(command.OutOrStdout(), "FOR", "SHARES", "INDEX", "BY", "SINCE", "EXPIRES", "REASON")
	for _, w := range list {
		expires := "never"
		if w.Expired {
			expires = "expired"
		} else if !w.Expires.IsZero() {
			expires = "in " + short(w.Expires.Sub(now))
		}
		t.Row(w.Scope, shares(w.Shares), strconv.FormatUint(w.Index, 10), w.By, ago(now.Sub(w.At)), expires, w.Reason)
	}
	return t.Flush()
}

func printState(command *cobra.Command, state admin.WeightsState) error {
	say(command, "%s: %s\n", state.Scope, describe(state.Weights, time.Now()))
	return printShares(command, state.Routes)
}

func printShares(command *cobra.Command, routes []admin.RouteShares) error {
	t := output.NewTable(command.OutOrStdout(), "ROUTE", "VARIANT", "ASKED", "SHARE", "UP", "WHY")
	for _, r := range routes {
		for _, v := range r.Variants {
			t.Row(r.Key, v.Name, v.Asked.String(), percent(v.Share), upOf(v), v.Why)
		}
	}
	return t.Flush()
}

func (c *cli) weightSet() *cobra.Command {
	command := &cobra.Command{
		Use:   "set SERVICE|ROUTE VARIANT=PERCENT...",
		Short: "Ask for weights",
		Long: "Ask for weights of the variants of a service or route. Variants that are not named get what is left.\n" +
			"A route's weights count before its service's, and both before weights in tags.",
		Example:           "  weir weight set web canary=25% --reason 'v1.0.2 looks good'\n  weir weight set app.example.com/ canary=5% --for 1h",
		Args:              usage(cobra.MinimumNArgs(2)),
		ValidArgsFunction: c.completeShares,
	}
	in := admin.WeightsInput{Shares: map[string]admin.ShareText{}}
	index := c.writeFlags(command, &in.By, &in.Reason)
	command.Flags().StringVar(&in.For, "for", "", "how long the weights hold, such as 90s or 1h30m (default: until they are changed)")
	command.RunE = func(command *cobra.Command, args []string) error {
		for _, word := range args[1:] {
			variant, share, ok := strings.Cut(word, "=")
			if !ok || variant == "" || share == "" {
				return fmt.Errorf("%q is not VARIANT=PERCENT, such as canary=25%%", word)
			}
			if _, twice := in.Shares[variant]; twice {
				return fmt.Errorf("variant %q is named twice", variant)
			}
			in.Shares[variant] = admin.ShareText(share)
		}
		return c.change(command, args[0], index, func(at *uint64) (string, string, any) {
			in.Index = at
			return http.MethodPut, weightsPath(scopeOf(args[0])), in
		})
	}
	return command
}

func (c *cli) weightClear() *cobra.Command {
	command := &cobra.Command{
		Use: "clear SERVICE|ROUTE", Short: "Let the tags count again",
		Example: "  weir weight clear web", Args: usage(cobra.ExactArgs(1)), ValidArgsFunction: c.completeNames,
	}
	index := indexFlag(command)
	command.RunE = func(command *cobra.Command, args []string) error {
		if *index == 0 && command.Flags().Changed("index") {
			return errors.New("--index 0 means that nothing is asked, and then there is nothing to clear")
		}
		return c.change(command, args[0], index, func(at *uint64) (string, string, any) {
			return http.MethodDelete, weightsPath(scopeOf(args[0])) + fmt.Sprintf("?index=%d", *at), nil
		})
	}
	return command
}

// writeFlags adds the flags of a command that writes and returns that of the index.
func (c *cli) writeFlags(command *cobra.Command, by, reason *string) *uint64 {
	command.Flags().StringVar(by, "by", c.getenv("USER"), "author")
	command.Flags().StringVar(reason, "reason", "", "why, in one line")
	return indexFlag(command)
}

func indexFlag(command *cobra.Command) *uint64 {
	return command.Flags().Uint64("index", 0, "write only if the weights are still at this index, 0 if none are asked")
}
