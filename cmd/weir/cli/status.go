package cli

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"weir/admin"
	"weir/cmd/weir/output"
)

func (c *cli) problems() *cobra.Command {
	command := &cobra.Command{
		Use: "problems", Short: "List tags, lines and weights that had no effect, and why",
		Args: usage(cobra.NoArgs), ValidArgsFunction: cobra.NoFileCompletions,
	}
	format := output.Flag(command, "table")
	command.RunE = func(command *cobra.Command, _ []string) error {
		return read(c, command, "/api/v1/problems", format, func(list problemList) error { return printProblems(command, list.Problems) })
	}
	return command
}

// problemList is the answer of GET /api/v1/problems.
type problemList struct {
	Problems []admin.Problem `json:"problems"`
}

func (c *cli) getProblems(ctx context.Context) ([]admin.Problem, error) {
	var list problemList
	err := c.call(ctx, http.MethodGet, "/api/v1/problems", nil, &list)
	return list.Problems, err
}

func (c *cli) getStatus(ctx context.Context) (s admin.Status, err error) {
	return s, c.call(ctx, http.MethodGet, "/api/v1/status", nil, &s)
}

func printProblems(command *cobra.Command, list []admin.Problem) error {
	if len(list) == 0 {
		say(command, "No problems.\n")
		return nil
	}
	t := output.NewTable(command.OutOrStdout(), "SOURCE", "SERVICE", "INSTANCE", "TEXT", "REASON")
	for _, p := range list {
		t.Row(p.Source, p.Service, p.Instance, strconv.Quote(p.Text), p.Reason)
	}
	return t.Flush()
}

func (c *cli) status() *cobra.Command {
	command := &cobra.Command{
		Use: "status", Short: "Show the state of the routing table and of its sources",
		Args: usage(cobra.NoArgs), ValidArgsFunction: cobra.NoFileCompletions,
	}
	format := output.Flag(command, "table")
	command.RunE = func(command *cobra.Command, _ []string) error {
		return read(c, command, "/api/v1/status", format, func(s admin.Status) error { return printStatus(command, s) })
	}
	return command
}

func printStatus(command *cobra.Command, s admin.Status) error {
	state := "ready"
	if s.Draining {
		state = "shutting down"
	} else if !s.Ready {
		state = "waiting for the first complete routing table"
	}
	say(command, "weir %s: %s\n", s.Version, state)
	say(command, "table %d: %d routes, %d targets, %d problems, built %s in %s\n", s.Table.Generation,
		s.Table.Routes, s.Table.Targets, s.Problems, ago(seconds(s.Table.AgeSeconds)), seconds(s.Table.BuildSeconds).Round(time.Microsecond))
	for _, e := range s.Emergencies {
		say(command, "EMERGENCY %s\n", e)
	}
	t := output.NewTable(command.OutOrStdout(), "SOURCE", "LAST NEWS", "STATE")
	for _, source := range s.Sources {
		state, last := "good", "never"
		if source.Error != "" {
			state = "stale for " + short(seconds(source.StaleSeconds)) + ": " + source.Error
		}
		if !source.LastSuccess.IsZero() {
			last = ago(time.Since(source.LastSuccess))
		}
		t.Row(source.Name, last, state)
	}
	return t.Flush()
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

func (c *cli) versions() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version of this binary and, with --admin or --context, of the running weir",
		Args: usage(cobra.NoArgs), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(command *cobra.Command, _ []string) error {
			say(command, "weir %s\n", c.version)
			if c.admin+c.context == "" {
				return nil
			}
			var running struct {
				Version string `json:"version"`
			}
			if err := c.call(command.Context(), http.MethodGet, "/api/v1/version", nil, &running); err != nil {
				return err
			}
			say(command, "%s runs %s\n", c.base(), running.Version)
			return nil
		},
	}
}
