package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"weir/admin"
	"weir/cmd/weir/output"
	"weir/route"
)

func (c *cli) rolloutGet() *cobra.Command {
	command := &cobra.Command{
		Use:   "get SERVICE|ROUTE",
		Short: "Show a rollout: versions, steps, weight, verdict, and what can be done",
		Long: "Show a rollout: versions, steps, weight, verdict, and what can be done. With -w go on showing it until Ctrl-C: on a terminal\n" +
			"in place, else by a line for each change. A name that holds a slash or begins with a colon is a route, else a service.",
		Example:           "  weir rollout get web\n  weir rollout get app.example.com/ -w",
		Args:              usage(cobra.ExactArgs(1)),
		ValidArgsFunction: c.completeRollouts(""),
	}
	format := output.Flag(command, "table")
	watch := command.Flags().BoolP("watch", "w", false, "go on until Ctrl-C")
	command.RunE = func(command *cobra.Command, args []string) error {
		scope, out := scopeOf(args[0]), command.OutOrStdout()
		show := func(r admin.Rollout) error { return printRollout(out, r) }
		switch {
		case format.Data() && *watch:
			show = func(r admin.Rollout) error { return printNext(out, format, r) }
		case format.Data():
			show = func(r admin.Rollout) error { return format.Print(out, r, nil) }
		case *watch && isTerminal(out):
			show = func(r admin.Rollout) error { return redraw(out, r) }
		case *watch:
			show = newLines(out).show
		}
		return c.follow(command.Context(), scope, func(r admin.Rollout) (bool, error) { return !*watch, show(r) })
	}
	return command
}

// printNext prints one of several documents, which YAML sets apart.
func printNext(out io.Writer, format *output.Format, v any) error {
	if format.Is("yaml") {
		fmt.Fprintln(out, "---")
	}
	return format.Print(out, v, nil)
}

// followEvery is between two looks at a rollout.
const followEvery = time.Second

// follow looks at a rollout, once a second, until each says that it is done, or
// ctx ends.
func (c *cli) follow(ctx context.Context, s route.Scope, each func(admin.Rollout) (done bool, err error)) error {
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	for {
		r, err := c.getRollout(ctx, s)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if done, err := each(r); done || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// redraw prints a rollout over what was printed before, in one write, so that
// nothing flickers.
func redraw(out io.Writer, r admin.Rollout) error {
	var b bytes.Buffer
	if err := printRollout(&b, r); err != nil {
		return err
	}
	const home, toLineEnd, toScreenEnd = "\x1b[H", "\x1b[K\n", "\x1b[J"
	_, err := io.WriteString(out, home+strings.ReplaceAll(b.String(), "\n", toLineEnd)+toScreenEnd)
	return err
}

// lines prints a line for each change of a rollout.
type lines struct {
	out  io.Writer
	last string
}

func newLines(out io.Writer) *lines { return &lines{out: out} }

func (l *lines) show(r admin.Rollout) error {
	text := brief(r.RolloutSummary)
	if r.Verdict != nil {
		text += "; verdict " + r.Verdict.Outcome
	}
	if text == l.last {
		return nil
	}
	l.last = text
	_, err := fmt.Fprintf(l.out, "%s %s\n", time.Now().Format(time.TimeOnly), output.Clean(text, ""))
	return err
}
