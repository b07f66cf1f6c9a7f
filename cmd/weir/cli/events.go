package cli

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"weir/admin"
	"weir/cmd/weir/output"
)

// kinds are the names of the events.
func kinds() []string { return []string{"table", "rollouts", "problems", "traffic"} }

func (c *cli) events() *cobra.Command {
	command := &cobra.Command{
		Use:   "events",
		Short: "Print what changes as it changes, until Ctrl-C",
		Long: "Print what changes as it changes, until Ctrl-C: a line for each event, or a document with -o json or yaml. The data is that of\n" +
			"GET /api/v1/events. A connection that is lost is made again.",
		Example: "  weir events\n  weir events --only traffic -o json",
		Args:    usage(cobra.NoArgs), ValidArgsFunction: cobra.NoFileCompletions,
	}
	only := command.Flags().StringSlice("only", []string{"table", "rollouts", "problems"}, "kinds of events: "+strings.Join(kinds(), ", "))
	count := command.Flags().Int("count", 0, "end after so many (default: never)")
	err := command.RegisterFlagCompletionFunc("only", cobra.FixedCompletions(kinds(), noFiles))
	if err != nil {
		panic(err) // the flag is made above
	}
	format := output.Flag(command, "table")
	command.RunE = func(command *cobra.Command, _ []string) error {
		for _, kind := range *only {
			if !slices.Contains(kinds(), kind) {
				return fmt.Errorf("--only is %q, which is none of %s", kind, strings.Join(kinds(), ", "))
			}
		}
		n := 0
		err := c.watch(command.Context(), strings.Join(*only, ","), func(e message) error {
			if e.name == "hello" {
				return nil
			}
			n++
			if err := printEvent(command, format, e); err != nil || n != *count {
				return err
			}
			return errEnough
		})
		if errors.Is(err, errEnough) {
			return nil
		}
		return err
	}
	return command
}

// errEnough ends a stream of which enough has been read.
var errEnough = errors.New("enough")

func printEvent(command *cobra.Command, format *output.Format, e message) error {
	if e.name == lost {
		command.PrintErrln(output.Clean(string(e.data), "\n"))
		return nil
	}
	if format.Data() {
		return printNext(command.OutOrStdout(), format, shownEvent{e.name, e.data})
	}
	text, err := e.describe()
	if err == nil {
		_, err = fmt.Fprintf(command.OutOrStdout(), "%s %s: %s\n", time.Now().Format(time.TimeOnly), e.name, output.Clean(text, ""))
	}
	return err
}

// shownEvent is an event as data.
type shownEvent struct {
	Event string          `json:"event"`
	Data  json.RawMessage `json:"data"`
}

// describe tells an event in a line.
func (e message) describe() (string, error) {
	switch e.name {
	case "table":
		var t admin.TableEvent
		err := e.read(&t)
		return fmt.Sprintf("generation %d, %d routes, %d problems", t.Generation, t.Routes, t.Problems), err
	case "problems":
		var p admin.ProblemsEvent
		err := e.read(&p)
		return describeProblems(p), err
	case "rollouts":
		var r admin.RolloutsEvent
		err := e.read(&r)
		return describeRollouts(r), err
	case "traffic":
		var t admin.TrafficEvent
		err := e.read(&t)
		return describeTraffic(t), err
	}
	return string(e.data), nil
}

func describeProblems(p admin.ProblemsEvent) string {
	text := fmt.Sprintf("%d", p.Total)
	if len(p.Problems) > 0 {
		text += ", the first is " + strconv.Quote(p.Problems[0].Text) + ": " + p.Problems[0].Reason
	}
	return text
}

func describeRollouts(r admin.RolloutsEvent) string {
	var list []string
	for _, summary := range r.Rollouts {
		list = append(list, summary.Scope+" "+brief(summary))
	}
	for _, scope := range r.Gone {
		list = append(list, scope+" is gone")
	}
	return strings.Join(list, "; ")
}

func describeTraffic(t admin.TrafficEvent) string {
	list := []string{rates(t.Total)}
	for _, row := range t.Services {
		list = append(list, fmt.Sprintf("%s %s %s/s", cmp.Or(row.Service, "no route"), row.Variant, number(row.Requests+row.Connections)))
	}
	return strings.Join(list, "; ")
}

// rates is "38.1 requests, 0 with 5xx, 1 with 4xx, 2 connections a second".
func rates(t admin.TrafficRow) string {
	return fmt.Sprintf("%s requests, %s with 5xx, %s with 4xx, %s connections a second",
		number(t.Requests), number(t.Errors), number(t.ClientErrors), number(t.Connections))
}
