// Package rolloutcli holds the commands "weir rollout simulate" and "weir
// rollout analyze". But for the recording of a running weir they need none.
package rolloutcli

import (
	"errors"

	"github.com/spf13/cobra"
)

// Command makes "weir rollout".
func Command(from Recordings) *cobra.Command {
	command := &cobra.Command{
		Use:   "rollout",
		Short: "Judge and simulate rollouts",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	command.AddCommand(simulateCommand(), analyzeCommand(from))
	return command
}

// ErrFailed is what commands end with whose rollout failed.
var ErrFailed = errors.New("the candidate failed")

// ExitCode is what the process ends with after an error: 2 where a rollout
// failed, so that a pipeline can tell it from a mistake, else 1.
func ExitCode(err error) int {
	if errors.Is(err, ErrFailed) {
		return 2
	}
	return 1
}
