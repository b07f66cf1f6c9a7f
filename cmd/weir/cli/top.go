package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"weir/admin"
)

const topLong = `Show traffic by service and variant, rollouts and problems, and go on showing them until q or Ctrl-C; s sorts by the next column, which has a star.

The figures are of the proxy that is asked, a second each, over the time since they were drawn last. With --once, or where the output is no
terminal, they are printed once, over about a second and without an end at the right or below.`

func (c *cli) top() *cobra.Command {
	command := &cobra.Command{
		Use: "top", Short: "Show traffic, rollouts and problems as they change", Long: topLong,
		Example: "  weir top\n  weir top --sort errors --every 5s\n  weir top --once",
		Args:    usage(cobra.NoArgs), ValidArgsFunction: cobra.NoFileCompletions,
	}
	once := command.Flags().Bool("once", false, "print it once and end")
	every := command.Flags().Duration("every", 2*time.Second, "how often it is drawn, 100ms to 1h")
	sorted := command.Flags().String("sort", orders()[0], "by what, the largest first: "+strings.Join(orders(), ", "))
	if err := command.RegisterFlagCompletionFunc("sort", cobra.FixedCompletions(orders(), noFiles)); err != nil {
		panic(err) // the flag is made above
	}
	command.RunE = func(command *cobra.Command, _ []string) error {
		if *every < 100*time.Millisecond || *every > time.Hour {
			return fmt.Errorf("--every is %s, which is not between 100ms and 1h", *every)
		}
		if !slices.Contains(orders(), *sorted) {
			return fmt.Errorf("--sort is %q, which is none of %s", *sorted, strings.Join(orders(), ", "))
		}
		v := &view{at: c.base(), order: *sorted}
		if *once || !isTerminal(command.OutOrStdout()) {
			return c.topOnce(command.Context(), v, command)
		}
		s, err := openScreen(command.OutOrStdout().(*os.File))
		if err != nil {
			return err
		}
		return errors.Join(c.topLive(command.Context(), v, s, *every), s.close())
	}
	return command
}

// topOnce prints the view when it has figures.
func (c *cli) topOnce(ctx context.Context, v *view, command *cobra.Command) error {
	err := c.feed(ctx, func(change func(*view)) error {
		if change(v); v.window == 0 {
			return nil
		}
		return errEnough
	})
	if err == nil || !errors.Is(err, errEnough) { // it was ended before
		return err
	}
	_, err = fmt.Fprintln(command.OutOrStdout(), strings.Join(v.lines(0, time.Now()), "\n"))
	return err
}

// topLive draws the view on s until somebody ends it.
func (c *cli) topLive(ctx context.Context, v *view, s *screen, every time.Duration) error {
	ctx, cancel := context.WithCancel(ctx)
	changes, fed := make(chan func(*view)), make(chan error, 1)
	go func() {
		fed <- c.feed(ctx, func(change func(*view)) error {
			select {
			case changes <- change:
			case <-ctx.Done():
			}
			return nil
		})
	}()
	err := v.show(changes, fed, s, every)
	cancel()
	if errors.Is(err, errEnough) { // a key has ended it
		return <-fed
	}
	return err
}

// feed hands on what the running weir tells, as changes of a view, until use fails
// or ctx ends.
func (c *cli) feed(ctx context.Context, use func(func(*view)) error) error {
	return c.watch(ctx, strings.Join(kinds(), ","), func(e message) error {
		change, err := c.changeOf(ctx, e)
		if err != nil || change == nil {
			return err
		}
		return use(change)
	})
}

// changeOf is what an event changes. What an event does not tell is read from the
// API; so is all else at the beginning, and after something was missed.
func (c *cli) changeOf(ctx context.Context, e message) (func(*view), error) {
	switch e.name {
	case "hello":
		var hello admin.HelloEvent
		if err := e.read(&hello); err != nil {
			return nil, err
		}
		return c.reading(ctx, hello.Resumed)
	case lost:
		why, _, _ := strings.Cut(string(e.data), "\n")
		return func(v *view) { v.lost = why }, nil
	case "table":
		status, err := c.getStatus(ctx)
		return func(v *view) { v.status = status }, err
	case "rollouts":
		var r admin.RolloutsEvent
		err := e.read(&r)
		return func(v *view) { v.update(r) }, err
	case "problems":
		var p admin.ProblemsEvent
		err := e.read(&p)
		return func(v *view) { v.problems = p }, err
	case "traffic":
		var t admin.TrafficEvent
		err := e.read(&t)
		return func(v *view) { v.add(t) }, err
	}
	return nil, nil
}

// reading reads all that events are changes of, unless nothing was missed.
func (c *cli) reading(ctx context.Context, resumed bool) (func(*view), error) {
	if resumed {
		return func(v *view) { v.lost = "" }, nil
	}
	status, err1 := c.getStatus(ctx)
	rollouts, err2 := c.getRollouts(ctx)
	problems, err3 := c.getProblems(ctx)
	return func(v *view) {
		v.lost, v.status, v.rollouts = "", status, rollouts
		v.problems = admin.ProblemsEvent{Total: len(problems), Problems: problems}
	}, errors.Join(err1, err2, err3)
}
