package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"weir/admin"
	"weir/route"
)

// Exit codes of "weir rollout status", besides 0 and 1.
const (
	exitFailed  = 2
	exitTimeout = 3
)

// exitError is an error with the exit code that it stands for.
type exitError struct {
	code int
	text string
}

func (e *exitError) Error() string { return e.text }

// ExitCode is what the process ends with after an error.
func ExitCode(err error) int {
	var e *exitError
	if errors.As(err, &e) {
		return e.code
	}
	return 1
}

const rolloutStatusLong = `Wait until no rollout is under way, and print a line for each change. A version that has come and is
not taken up yet is waited for, too.

The exit code is 0 when the last rollout was completed or there was none, 1 after an error, 2 when
the last rollout was aborted or superseded, and 3 when it is not over after --timeout.`

func (c *cli) rolloutStatus() *cobra.Command {
	command := &cobra.Command{
		Use: "status SERVICE|ROUTE", Short: "Wait for the end of a rollout; the exit code tells which",
		Long: rolloutStatusLong, Example: "  weir rollout status web --timeout 30m",
		Args: usage(cobra.ExactArgs(1)), ValidArgsFunction: c.completeRollouts(""),
	}
	timeout := command.Flags().Duration("timeout", 0, "how long to wait at most, such as 10m (default: for ever)")
	command.RunE = func(command *cobra.Command, args []string) error {
		if *timeout < 0 {
			return fmt.Errorf("--timeout is %s, which is below 0", *timeout)
		}
		ctx := command.Context()
		if *timeout > 0 {
			limited, cancel := context.WithTimeout(ctx, *timeout)
			defer cancel()
			ctx = limited
		}
		return c.awaitEnd(ctx, scopeOf(args[0]), newLines(command.OutOrStdout()))
	}
	return command
}

// awaitEnd follows a rollout to its end.
func (c *cli) awaitEnd(ctx context.Context, s route.Scope, l *lines) error {
	var last admin.RolloutSummary
	err := c.follow(ctx, s, func(r admin.Rollout) (bool, error) {
		last = r.RolloutSummary
		if err := l.show(r); err != nil {
			return false, err
		}
		return outcome(r)
	})
	if err == nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return &exitError{exitTimeout, "it is not over in time: " + cmp.Or(last.Why, last.Then)}
	}
	return err
}

// outcome reports whether no rollout is under way. The error says that the last
// one failed.
func outcome(r admin.Rollout) (done bool, err error) {
	last := r.Last
	switch {
	case r.Phase == "aborted" || r.Candidate == nil && r.Emerging == "" && last != nil && last.Outcome != "completed":
	default:
		return r.Candidate == nil && r.Emerging == "", nil
	}
	if last == nil {
		return true, &exitError{exitFailed, "the rollout was aborted: " + r.Why}
	}
	return true, &exitError{exitFailed, fmt.Sprintf("revision %d, the rollout of %s, was %s: %s", last.Revision, last.Candidate, last.Outcome, last.Message)}
}
